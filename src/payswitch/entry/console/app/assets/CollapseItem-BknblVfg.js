import{aL as f,aN as x,aO as o,aM as $,bM as q,aP as Q,d as D,aQ as U,o as u,c as _,aC as b,G,aD as g,aU as M,r as J,aX as X,bN as Y,aV as V,a_ as Z,e as E,aB as ee,b5 as ae,b7 as z,b as N,bO as re,a as A,ab as te,ac as le,bP as oe,bQ as se,b6 as H,bR as B,bS as ie,b0 as ne,bT as de,bJ as ce,aE as pe,aF as me,aK as fe}from"./index-CM4RJQ02.js";import{C as ue}from"./ChevronLeft-CxXivNA5.js";import{C as he}from"./ChevronRight-h6d9UEa2.js";import{h as F}from"./happens-in-CM8LO42l.js";var xe=f("collapse","width: 100%;",[f("collapse-item",`
 font-size: var(--n-font-size);
 color: var(--n-text-color);
 transition:
 color .3s var(--n-bezier),
 border-color .3s var(--n-bezier);
 margin: var(--n-item-margin);
 `,[x("disabled",[o("header","cursor: not-allowed;",[o("header-main",`
 color: var(--n-title-text-color-disabled);
 `),f("collapse-item-arrow",`
 color: var(--n-arrow-color-disabled);
 `)])]),f("collapse-item","margin-left: 32px;"),$("&:first-child","margin-top: 0;"),$("&:first-child >",[o("header","padding-top: 0;")]),x("left-arrow-placement",[o("header",[f("collapse-item-arrow","margin-right: 4px;")])]),x("right-arrow-placement",[o("header",[f("collapse-item-arrow","margin-left: 4px;")])]),o("content-wrapper",[o("content-inner","padding-top: 16px;"),q({duration:"0.15s"})]),x("active",[o("header",[x("active",[f("collapse-item-arrow","transform: rotate(90deg);")])])]),$("&:not(:first-child)","border-top: 1px solid var(--n-divider-color);"),Q("disabled",[x("trigger-area-main",[o("header",[o("header-main","cursor: pointer;"),f("collapse-item-arrow","cursor: default;")])]),x("trigger-area-arrow",[o("header",[f("collapse-item-arrow","cursor: pointer;")])]),x("trigger-area-extra",[o("header",[o("header-extra","cursor: pointer;")])])]),o("header",`
 font-size: var(--n-title-font-size);
 display: flex;
 flex-wrap: nowrap;
 align-items: center;
 transition: color .3s var(--n-bezier);
 position: relative;
 padding: var(--n-title-padding);
 color: var(--n-title-text-color);
 `,[o("header-main",`
 display: flex;
 flex-wrap: nowrap;
 align-items: center;
 font-weight: var(--n-title-font-weight);
 transition: color .3s var(--n-bezier);
 flex: 1;
 color: var(--n-title-text-color);
 `),o("header-extra",`
 display: flex;
 align-items: center;
 transition: color .3s var(--n-bezier);
 color: var(--n-text-color);
 `),f("collapse-item-arrow",`
 display: flex;
 transition:
 transform .15s var(--n-bezier),
 color .3s var(--n-bezier);
 font-size: 18px;
 color: var(--n-arrow-color);
 `)])])]);const ge={...U.props,defaultExpandedNames:{type:[Array,String],default:null},expandedNames:[Array,String],arrowPlacement:{type:String,default:"left"},accordion:Boolean,displayDirective:{type:String,default:"if"},triggerAreas:{type:Array,default:()=>["main","extra","arrow"]},onItemHeaderClick:[Function,Array],"onUpdate:expandedNames":[Function,Array],onUpdateExpandedNames:[Function,Array],onExpandedNamesChange:{type:[Function,Array],validator:()=>!0,default:void 0}},j=ee("n-collapse");var Pe=D({name:"Collapse",props:ge,slots:Object,setup(e,{slots:n}){const{mergedClsPrefixRef:s,inlineThemeDisabled:l,mergedRtlRef:d}=M(e),a=J(e.defaultExpandedNames),h=E(()=>e.expandedNames),v=X(h,a),C=U("Collapse","-collapse",xe,Y,e,s);function c(p){const{"onUpdate:expandedNames":t,onUpdateExpandedNames:m,onExpandedNamesChange:y}=e;m&&z(m,p),t&&z(t,p),y&&z(y,p),a.value=p}function r(p){const{onItemHeaderClick:t}=e;t&&z(t,p)}function i(p,t,m){const{accordion:y}=e,{value:P}=v;if(y)p?(c([t]),r({name:t,expanded:!0,event:m})):(c([]),r({name:t,expanded:!1,event:m}));else if(!Array.isArray(P))c([t]),r({name:t,expanded:!0,event:m});else{const w=P.slice(),S=w.findIndex(I=>t===I);~S?(w.splice(S,1),c(w),r({name:t,expanded:!1,event:m})):(w.push(t),c(w),r({name:t,expanded:!0,event:m}))}}ae(j,{props:e,mergedClsPrefixRef:s,expandedNamesRef:v,slots:n,toggleItem:i});const R=V("Collapse",d,s),k=E(()=>{const{common:{cubicBezierEaseInOut:p},self:{titleFontWeight:t,dividerColor:m,titlePadding:y,titleTextColor:P,titleTextColorDisabled:w,textColor:S,arrowColor:I,fontSize:O,titleFontSize:W,arrowColorDisabled:K,itemMargin:L}}=C.value;return{"--n-font-size":O,"--n-bezier":p,"--n-text-color":S,"--n-divider-color":m,"--n-title-padding":y,"--n-title-font-size":W,"--n-title-text-color":P,"--n-title-text-color-disabled":w,"--n-title-font-weight":t,"--n-arrow-color":I,"--n-arrow-color-disabled":K,"--n-item-margin":L}}),T=l?Z("collapse",void 0,k,e):void 0;return{rtlEnabled:R,mergedTheme:C,mergedClsPrefix:s,cssVars:l?void 0:k,themeClass:T?.themeClass,onRender:T?.onRender}},render(){return this.onRender?.(),u(),_("div",{class:g([`${this.mergedClsPrefix}-collapse`,this.rtlEnabled&&`${this.mergedClsPrefix}-collapse--rtl`,this.themeClass]),style:G(this.cssVars)},[b(()=>this.$slots.default?.())],6)}}),ve=D({name:"CollapseItemContent",props:{displayDirective:{type:String,required:!0},show:Boolean,clsPrefix:{type:String,required:!0}},setup(e){return{onceTrue:se(H(e,"show"))}},render(){return u(),N(oe,null,{_:1,default:re(()=>{const{show:e,displayDirective:n,onceTrue:s,clsPrefix:l}=this,d=n==="show"&&s,a=(u(),_("div",{class:g(`${l}-collapse-item__content-wrapper`)},[A("div",{class:g(`${l}-collapse-item__content-inner`)},[b(()=>this.$slots.default?.())],2)],2));return d?te(a,[[le,e]]):e?a:null})})}});const Ce=["onClick"],we=["onClick"],be={title:String,name:[String,Number],disabled:Boolean,displayDirective:String};var Se=D({name:"CollapseItem",props:be,setup(e){const{mergedRtlRef:n}=M(e),s=de(),l=ce(()=>e.name??s),d=pe(j);d||me("collapse-item","`n-collapse-item` must be placed inside `n-collapse`.");const{expandedNamesRef:a,props:h,mergedClsPrefixRef:v,slots:C}=d,c=E(()=>{const{value:r}=a;if(Array.isArray(r)){const{value:i}=l;return!~r.findIndex(R=>R===i)}else if(r){const{value:i}=l;return i!==r}return!0});return{rtlEnabled:V("Collapse",n,v),collapseSlots:C,randomName:s,mergedClsPrefix:v,collapsed:c,triggerAreas:H(h,"triggerAreas"),mergedDisplayDirective:E(()=>{const{displayDirective:r}=e;return r||h.displayDirective}),arrowPlacement:E(()=>h.arrowPlacement),handleClick(r){let i="main";F(r,"arrow")&&(i="arrow"),F(r,"extra")&&(i="extra"),h.triggerAreas.includes(i)&&d&&!e.disabled&&d.toggleItem(c.value,l.value,r)}}},render(){const{collapseSlots:e,$slots:n,arrowPlacement:s,collapsed:l,mergedDisplayDirective:d,mergedClsPrefix:a,disabled:h,triggerAreas:v}=this,C=B(n.header,{collapsed:l},()=>[this.title]),c=n["header-extra"]||e["header-extra"],r=n.arrow||e.arrow;return u(),_("div",{class:g([`${a}-collapse-item`,`${a}-collapse-item--${s}-arrow-placement`,h&&`${a}-collapse-item--disabled`,!l&&`${a}-collapse-item--active`,v.map(i=>`${a}-collapse-item--trigger-area-${i}`)])},[A("div",{class:g([`${a}-collapse-item__header`,!l&&`${a}-collapse-item__header--active`])},[A("div",{class:g(`${a}-collapse-item__header-main`),onClick:this.handleClick},[b(()=>s==="right"&&C),(u(),_("div",{class:g(`${a}-collapse-item-arrow`),key:this.rtlEnabled?0:1,"data-arrow":!0},[b(()=>B(r,{collapsed:l},()=>[(u(),N(fe,{clsPrefix:a},{default:()=>this.rtlEnabled?(u(),N(ue,{key:1})):(u(),N(he,{key:2}))},1032,["clsPrefix"]))]))],2)),b(()=>s==="left"&&C)],10,we),b(()=>ie(c,{collapsed:l},i=>(u(),_("div",{class:g(`${a}-collapse-item__header-extra`),onClick:this.handleClick,"data-extra":!0},[b(()=>i)],10,Ce))))],2),(u(),N(ve,{clsPrefix:a,displayDirective:d,show:!l},ne(n),1032,["clsPrefix","displayDirective","show"]))],2)}});export{Pe as C,Se as a};
