import{a_ as f,b0 as x,b1 as o,a$ as I,b_ as O,b2 as Q,d as A,b3 as U,o as u,c as _,aR as b,H as X,aS as g,b7 as j,r as Z,ba as G,b$ as J,b8 as H,bc as Y,f as E,aQ as ee,bj as ae,bl as P,b as N,c0 as re,a as k,aj as te,ak as le,c1 as oe,c2 as se,bk as V,c3 as B,c4 as ie,be as ne,c5 as de,bX as ce,aT as pe,aU as me,aZ as fe}from"./index-B-L-dhRz.js";import{C as ue}from"./ChevronLeft-LUAss29I.js";import{C as he}from"./ChevronRight-BjuPioQz.js";import{h as F}from"./happens-in-CM8LO42l.js";var xe=f("collapse","width: 100%;",[f("collapse-item",`
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
 `)])]),f("collapse-item","margin-left: 32px;"),I("&:first-child","margin-top: 0;"),I("&:first-child >",[o("header","padding-top: 0;")]),x("left-arrow-placement",[o("header",[f("collapse-item-arrow","margin-right: 4px;")])]),x("right-arrow-placement",[o("header",[f("collapse-item-arrow","margin-left: 4px;")])]),o("content-wrapper",[o("content-inner","padding-top: 16px;"),O({duration:"0.15s"})]),x("active",[o("header",[x("active",[f("collapse-item-arrow","transform: rotate(90deg);")])])]),I("&:not(:first-child)","border-top: 1px solid var(--n-divider-color);"),Q("disabled",[x("trigger-area-main",[o("header",[o("header-main","cursor: pointer;"),f("collapse-item-arrow","cursor: default;")])]),x("trigger-area-arrow",[o("header",[f("collapse-item-arrow","cursor: pointer;")])]),x("trigger-area-extra",[o("header",[o("header-extra","cursor: pointer;")])])]),o("header",`
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
 `)])])]);const ge={...U.props,defaultExpandedNames:{type:[Array,String],default:null},expandedNames:[Array,String],arrowPlacement:{type:String,default:"left"},accordion:Boolean,displayDirective:{type:String,default:"if"},triggerAreas:{type:Array,default:()=>["main","extra","arrow"]},onItemHeaderClick:[Function,Array],"onUpdate:expandedNames":[Function,Array],onUpdateExpandedNames:[Function,Array],onExpandedNamesChange:{type:[Function,Array],validator:()=>!0,default:void 0}},M=ee("n-collapse");var Se=A({name:"Collapse",props:ge,slots:Object,setup(e,{slots:n}){const{mergedClsPrefixRef:s,inlineThemeDisabled:l,mergedRtlRef:d}=j(e),a=Z(e.defaultExpandedNames),h=E(()=>e.expandedNames),v=G(h,a),w=U("Collapse","-collapse",xe,J,e,s);function c(p){const{"onUpdate:expandedNames":t,onUpdateExpandedNames:m,onExpandedNamesChange:y}=e;m&&P(m,p),t&&P(t,p),y&&P(y,p),a.value=p}function r(p){const{onItemHeaderClick:t}=e;t&&P(t,p)}function i(p,t,m){const{accordion:y}=e,{value:S}=v;if(y)p?(c([t]),r({name:t,expanded:!0,event:m})):(c([]),r({name:t,expanded:!1,event:m}));else if(!Array.isArray(S))c([t]),r({name:t,expanded:!0,event:m});else{const C=S.slice(),z=C.findIndex($=>t===$);~z?(C.splice(z,1),c(C),r({name:t,expanded:!1,event:m})):(C.push(t),c(C),r({name:t,expanded:!0,event:m}))}}ae(M,{props:e,mergedClsPrefixRef:s,expandedNamesRef:v,slots:n,toggleItem:i});const R=H("Collapse",d,s),D=E(()=>{const{common:{cubicBezierEaseInOut:p},self:{titleFontWeight:t,dividerColor:m,titlePadding:y,titleTextColor:S,titleTextColorDisabled:C,textColor:z,arrowColor:$,fontSize:W,titleFontSize:q,arrowColorDisabled:K,itemMargin:L}}=w.value;return{"--n-font-size":W,"--n-bezier":p,"--n-text-color":z,"--n-divider-color":m,"--n-title-padding":y,"--n-title-font-size":q,"--n-title-text-color":S,"--n-title-text-color-disabled":C,"--n-title-font-weight":t,"--n-arrow-color":$,"--n-arrow-color-disabled":K,"--n-item-margin":L}}),T=l?Y("collapse",void 0,D,e):void 0;return{rtlEnabled:R,mergedTheme:w,mergedClsPrefix:s,cssVars:l?void 0:D,themeClass:T?.themeClass,onRender:T?.onRender}},render(){return this.onRender?.(),u(),_("div",{class:g([`${this.mergedClsPrefix}-collapse`,this.rtlEnabled&&`${this.mergedClsPrefix}-collapse--rtl`,this.themeClass]),style:X(this.cssVars)},[b(()=>this.$slots.default?.())],6)}}),ve=A({name:"CollapseItemContent",props:{displayDirective:{type:String,required:!0},show:Boolean,clsPrefix:{type:String,required:!0}},setup(e){return{onceTrue:se(V(e,"show"))}},render(){return u(),N(oe,null,{_:1,default:re(()=>{const{show:e,displayDirective:n,onceTrue:s,clsPrefix:l}=this,d=n==="show"&&s,a=(u(),_("div",{class:g(`${l}-collapse-item__content-wrapper`)},[k("div",{class:g(`${l}-collapse-item__content-inner`)},[b(()=>this.$slots.default?.())],2)],2));return d?te(a,[[le,e]]):e?a:null})})}});const we=["onClick"],Ce=["onClick"],be={title:String,name:[String,Number],disabled:Boolean,displayDirective:String};var ze=A({name:"CollapseItem",props:be,setup(e){const{mergedRtlRef:n}=j(e),s=de(),l=ce(()=>e.name??s),d=pe(M);d||me("collapse-item","`n-collapse-item` must be placed inside `n-collapse`.");const{expandedNamesRef:a,props:h,mergedClsPrefixRef:v,slots:w}=d,c=E(()=>{const{value:r}=a;if(Array.isArray(r)){const{value:i}=l;return!~r.findIndex(R=>R===i)}else if(r){const{value:i}=l;return i!==r}return!0});return{rtlEnabled:H("Collapse",n,v),collapseSlots:w,randomName:s,mergedClsPrefix:v,collapsed:c,triggerAreas:V(h,"triggerAreas"),mergedDisplayDirective:E(()=>{const{displayDirective:r}=e;return r||h.displayDirective}),arrowPlacement:E(()=>h.arrowPlacement),handleClick(r){let i="main";F(r,"arrow")&&(i="arrow"),F(r,"extra")&&(i="extra"),h.triggerAreas.includes(i)&&d&&!e.disabled&&d.toggleItem(c.value,l.value,r)}}},render(){const{collapseSlots:e,$slots:n,arrowPlacement:s,collapsed:l,mergedDisplayDirective:d,mergedClsPrefix:a,disabled:h,triggerAreas:v}=this,w=B(n.header,{collapsed:l},()=>[this.title]),c=n["header-extra"]||e["header-extra"],r=n.arrow||e.arrow;return u(),_("div",{class:g([`${a}-collapse-item`,`${a}-collapse-item--${s}-arrow-placement`,h&&`${a}-collapse-item--disabled`,!l&&`${a}-collapse-item--active`,v.map(i=>`${a}-collapse-item--trigger-area-${i}`)])},[k("div",{class:g([`${a}-collapse-item__header`,!l&&`${a}-collapse-item__header--active`])},[k("div",{class:g(`${a}-collapse-item__header-main`),onClick:this.handleClick},[b(()=>s==="right"&&w),(u(),_("div",{class:g(`${a}-collapse-item-arrow`),key:this.rtlEnabled?0:1,"data-arrow":!0},[b(()=>B(r,{collapsed:l},()=>[(u(),N(fe,{clsPrefix:a},{default:()=>this.rtlEnabled?(u(),N(ue,{key:1})):(u(),N(he,{key:2}))},1032,["clsPrefix"]))]))],2)),b(()=>s==="left"&&w)],10,Ce),b(()=>ie(c,{collapsed:l},i=>(u(),_("div",{class:g(`${a}-collapse-item__header-extra`),onClick:this.handleClick,"data-extra":!0},[b(()=>i)],10,we))))],2),(u(),N(ve,{clsPrefix:a,displayDirective:d,show:!l},ne(n),1032,["clsPrefix","displayDirective","show"]))],2)}});export{Se as C,ze as a};
