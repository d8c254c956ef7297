import{aQ as nr,a_ as w,cr as sa,d as fe,o as n,b as x,c0 as gt,H as ze,aS as D,aT as Le,b7 as ot,b3 as Je,cs as or,S as St,q as vt,bk as ie,bc as zt,f as g,bl as Z,ct as Et,aV as ye,aY as lr,ax as ir,cu as Ot,cv as da,r as W,bj as sr,bW as lt,a as se,a$ as ee,b0 as V,b2 as bt,bG as ca,c as P,aR as $,F as he,bL as Mt,I as At,cw as ua,bv as dr,ba as ht,w as ut,b8 as Tt,aZ as je,bf as Re,T as fa,cx as cr,cy as ha,cz as pa,ac as ma,cA as ga,cB as Ue,bq as Ct,l as yt,ck as ur,B as Ut,aE as va,bJ as pt,bI as Lt,cC as ba,bV as Ae,e as fr,cD as It,bT as hr,bU as ya,cE as xa,bX as st,cF as Ca,cq as Kt,cG as wa,cH as Ra,bC as ka,bR as ct,b1 as Qe,bD as Sa,bE as Pa,cI as Nt,bN as Fa,cJ as za,c5 as Ma}from"./index-B-L-dhRz.js";import{s as Dt,C as Bt,a as Ta}from"./prop-b-TAdmeM.js";import{c as Ba,a as Ht,B as Vt,b as jt,F as Wt,D as $a}from"./Dropdown-DKD3dU3c.js";import{a as _a,b as pr,d as Ea,S as Oa,V as mr,E as Aa}from"./Select-Cv5IgHOt.js";import{h as ft}from"./happens-in-CM8LO42l.js";import{a as gr,R as Ua}from"./RadioGroup-Cm9VdGPK.js";import{C as La}from"./ChevronRight-BjuPioQz.js";function Ia(e,r){if(!e)return;const t=document.createElement("a");t.href=e,r!==void 0&&(t.download=r),document.body.appendChild(t),t.click(),document.body.removeChild(t)}const vr=nr("n-popselect");var Ka=w("popselect-menu",`
 box-shadow: var(--n-menu-box-shadow);
`);const $t={multiple:Boolean,value:{type:[String,Number,Array],default:null},cancelable:Boolean,options:{type:Array,default:()=>[]},size:String,scrollable:Boolean,"onUpdate:value":[Function,Array],onUpdateValue:[Function,Array],onMouseenter:Function,onMouseleave:Function,renderLabel:Function,showCheckmark:{type:Boolean,default:void 0},nodeProps:Function,virtualScroll:Boolean,onChange:[Function,Array]},qt=sa($t);var Na=fe({name:"PopselectPanel",props:$t,setup(e){const r=Le(vr),{mergedClsPrefixRef:t,inlineThemeDisabled:a,mergedComponentPropsRef:o}=ot(e),s=g(()=>e.size||o?.value?.Popselect?.size||"medium"),h=Je("Popselect","-pop-select",Ka,or,r.props,t),p=g(()=>pr(e.options,Ea("value","children")));function m(l,f){const{onUpdateValue:i,"onUpdate:value":R,onChange:B}=e;i&&Z(i,l,f),R&&Z(R,l,f),B&&Z(B,l,f)}function d(l){y(l.key)}function v(l){!ft(l,"action")&&!ft(l,"empty")&&!ft(l,"header")&&l.preventDefault()}function y(l){const{value:{getNode:f}}=p;if(e.multiple)if(Array.isArray(e.value)){const i=[],R=[];let B=!0;e.value.forEach(M=>{if(M===l){B=!1;return}const H=f(M);H&&(i.push(H.key),R.push(H.rawNode))}),B&&(i.push(l),R.push(f(l).rawNode)),m(i,R)}else{const i=f(l);i&&m([l],[i.rawNode])}else if(e.value===l&&e.cancelable)m(null,null);else{const i=f(l);i&&m(l,i.rawNode);const{"onUpdate:show":R,onUpdateShow:B}=r.props;R&&Z(R,!1),B&&Z(B,!1),r.setShow(!1)}vt(()=>{r.syncPosition()})}St(ie(e,"options"),()=>{vt(()=>{r.syncPosition()})});const T=g(()=>{const{self:{menuBoxShadow:l}}=h.value;return{"--n-menu-box-shadow":l}}),u=a?zt("select",void 0,T,r.props):void 0;return{mergedTheme:r.mergedThemeRef,mergedClsPrefix:t,treeMate:p,handleToggle:d,handleMenuMousedown:v,cssVars:a?void 0:T,themeClass:u?.themeClass,onRender:u?.onRender,mergedSize:s,scrollbarProps:r.props.scrollbarProps}},render(){return this.onRender?.(),n(),x(_a,{clsPrefix:this.mergedClsPrefix,focusable:!0,nodeProps:this.nodeProps,class:D([`${this.mergedClsPrefix}-popselect-menu`,this.themeClass]),style:ze(this.cssVars),theme:this.mergedTheme.peers.InternalSelectMenu,themeOverrides:this.mergedTheme.peerOverrides.InternalSelectMenu,multiple:this.multiple,treeMate:this.treeMate,size:this.mergedSize,value:this.value,virtualScroll:this.virtualScroll,scrollable:this.scrollable,scrollbarProps:this.scrollbarProps,renderLabel:this.renderLabel,onToggle:this.handleToggle,onMouseenter:this.onMouseenter,onMouseleave:this.onMouseenter,onMousedown:this.handleMenuMousedown,showCheckmark:this.showCheckmark},{_:1,header:gt(()=>this.$slots.header?.()||[]),action:gt(()=>this.$slots.action?.()||[]),empty:gt(()=>this.$slots.empty?.()||[])},8,["clsPrefix","nodeProps","class","style","theme","themeOverrides","multiple","treeMate","size","value","virtualScroll","scrollable","scrollbarProps","renderLabel","onToggle","onMouseenter","onMouseleave","onMousedown","showCheckmark"])}});const Da={...Je.props,...lr(Et,["showArrow","arrow"]),placement:{...Et.placement,default:"bottom"},trigger:{type:String,default:"hover"},...$t,scrollbarProps:Object};var Ha=fe({name:"Popselect",props:Da,slots:Object,inheritAttrs:!1,__popover__:!0,setup(e){const{mergedClsPrefixRef:r}=ot(e),t=Je("Popselect","-popselect",void 0,or,e,r),a=W(null);function o(){a.value?.syncPosition()}function s(h){a.value?.setShow(h)}return sr(vr,{props:e,mergedThemeRef:t,syncPosition:o,setShow:s}),{syncPosition:o,setShow:s,popoverInstRef:a,mergedTheme:t}},render(){const{mergedTheme:e}=this,r={theme:e.peers.Popover,themeOverrides:e.peerOverrides.Popover,builtinThemeOverrides:{padding:"0"},ref:"popoverInstRef",internalRenderBody:(t,a,o,s,h)=>{const{$attrs:p}=this;return n(),x(Na,ye(p,{class:[p.class,t],style:[p.style,...o]},da(this.$props,qt),{ref:Ba(a),onMouseenter:Ot([s,p.onMouseenter]),onMouseleave:Ot([h,p.onMouseleave])}),{header:()=>this.$slots.header?.(),action:()=>this.$slots.action?.(),empty:()=>this.$slots.empty?.()},1040,["class","style","onMouseenter","onMouseleave"])}};return n(),x(ir,ye(lr(this.$props,qt),r,{internalDeactivateImmediately:!0}),{_:1,trigger:gt(()=>this.$slots.default?.())},16)}}),Xt=fe({name:"More",render(){return(()=>{const e=lt("e4a3e3d3803c676d");return e[0]||(e[0]=se("svg",{viewBox:"0 0 16 16",version:"1.1",xmlns:"http://www.w3.org/2000/svg"},[se("g",{stroke:"none","stroke-width":"1",fill:"none","fill-rule":"evenodd"},[se("g",{fill:"currentColor","fill-rule":"nonzero"},[se("path",{d:"M4,7 C4.55228,7 5,7.44772 5,8 C5,8.55229 4.55228,9 4,9 C3.44772,9 3,8.55229 3,8 C3,7.44772 3.44772,7 4,7 Z M8,7 C8.55229,7 9,7.44772 9,8 C9,8.55229 8.55229,9 8,9 C7.44772,9 7,8.55229 7,8 C7,7.44772 7.44772,7 8,7 Z M12,7 C12.5523,7 13,7.44772 13,8 C13,8.55229 12.5523,9 12,9 C11.4477,9 11,8.55229 11,8 C11,7.44772 11.4477,7 12,7 Z"})])])],-1))})()}});const Gt=`
 background: var(--n-item-color-hover);
 color: var(--n-item-text-color-hover);
 border: var(--n-item-border-hover);
`,Jt=[V("button",`
 background: var(--n-button-color-hover);
 border: var(--n-button-border-hover);
 color: var(--n-button-icon-color-hover);
 `)];var Va=w("pagination",`
 display: flex;
 vertical-align: middle;
 font-size: var(--n-item-font-size);
 flex-wrap: nowrap;
`,[w("pagination-prefix",`
 display: flex;
 align-items: center;
 margin: var(--n-prefix-margin);
 `),w("pagination-suffix",`
 display: flex;
 align-items: center;
 margin: var(--n-suffix-margin);
 `),ee("> *:not(:first-child)",`
 margin: var(--n-item-margin);
 `),w("select",`
 width: var(--n-select-width);
 `),ee("&.transition-disabled",[w("pagination-item","transition: none!important;")]),w("pagination-quick-jumper",`
 white-space: nowrap;
 display: flex;
 color: var(--n-jumper-text-color);
 transition: color .3s var(--n-bezier);
 align-items: center;
 font-size: var(--n-jumper-font-size);
 `,[w("input",`
 margin: var(--n-input-margin);
 width: var(--n-input-width);
 `)]),w("pagination-item",`
 position: relative;
 cursor: pointer;
 user-select: none;
 -webkit-user-select: none;
 display: flex;
 align-items: center;
 justify-content: center;
 box-sizing: border-box;
 min-width: var(--n-item-size);
 height: var(--n-item-size);
 padding: var(--n-item-padding);
 background-color: var(--n-item-color);
 color: var(--n-item-text-color);
 border-radius: var(--n-item-border-radius);
 border: var(--n-item-border);
 fill: var(--n-button-icon-color);
 transition:
 color .3s var(--n-bezier),
 border-color .3s var(--n-bezier),
 background-color .3s var(--n-bezier),
 fill .3s var(--n-bezier);
 `,[V("button",`
 background: var(--n-button-color);
 color: var(--n-button-icon-color);
 border: var(--n-button-border);
 padding: 0;
 `,[w("base-icon",`
 font-size: var(--n-button-icon-size);
 `)]),bt("disabled",[V("hover",Gt,Jt),ee("&:hover",Gt,Jt),ee("&:active",`
 background: var(--n-item-color-pressed);
 color: var(--n-item-text-color-pressed);
 border: var(--n-item-border-pressed);
 `,[V("button",`
 background: var(--n-button-color-pressed);
 border: var(--n-button-border-pressed);
 color: var(--n-button-icon-color-pressed);
 `)]),V("active",`
 background: var(--n-item-color-active);
 color: var(--n-item-text-color-active);
 border: var(--n-item-border-active);
 `,[ee("&:hover",`
 background: var(--n-item-color-active-hover);
 `)])]),V("disabled",`
 cursor: not-allowed;
 color: var(--n-item-text-color-disabled);
 `,[V("active, button",`
 background-color: var(--n-item-color-disabled);
 border: var(--n-item-border-disabled);
 `)])]),V("disabled",`
 cursor: not-allowed;
 `,[w("pagination-quick-jumper",`
 color: var(--n-jumper-text-color-disabled);
 `)]),V("simple",`
 display: flex;
 align-items: center;
 flex-wrap: nowrap;
 `,[w("pagination-quick-jumper",[w("input",`
 margin: 0;
 `)])])]);function br(e){if(!e)return 10;const{defaultPageSize:r}=e;if(r!==void 0)return r;const t=e.pageSizes?.[0];return typeof t=="number"?t:t?.value||10}function ja(e,r,t,a){let o=!1,s=!1,h=1,p=r;if(r===1)return{hasFastBackward:!1,hasFastForward:!1,fastForwardTo:p,fastBackwardTo:h,items:[{type:"page",label:1,active:e===1,mayBeFastBackward:!1,mayBeFastForward:!1}]};if(r===2)return{hasFastBackward:!1,hasFastForward:!1,fastForwardTo:p,fastBackwardTo:h,items:[{type:"page",label:1,active:e===1,mayBeFastBackward:!1,mayBeFastForward:!1},{type:"page",label:2,active:e===2,mayBeFastBackward:!0,mayBeFastForward:!1}]};const m=1,d=r;let v=e,y=e;const T=(t-5)/2;y+=Math.ceil(T),y=Math.min(Math.max(y,m+t-3),d-2),v-=Math.floor(T),v=Math.max(Math.min(v,d-t+3),3);let u=!1,l=!1;v>3&&(u=!0),y<d-2&&(l=!0);const f=[];f.push({type:"page",label:1,active:e===1,mayBeFastBackward:!1,mayBeFastForward:!1}),u?(o=!0,h=v-1,f.push({type:"fast-backward",active:!1,label:void 0,options:a?Zt(2,v-1):null})):d>=2&&f.push({type:"page",label:2,mayBeFastBackward:!0,mayBeFastForward:!1,active:e===2});for(let i=v;i<=y;++i)f.push({type:"page",label:i,mayBeFastBackward:!1,mayBeFastForward:!1,active:e===i});return l?(s=!0,p=y+1,f.push({type:"fast-forward",active:!1,label:void 0,options:a?Zt(y+1,d-1):null})):y===d-2&&f[f.length-1].label!==d-1&&f.push({type:"page",mayBeFastForward:!0,mayBeFastBackward:!1,label:d-1,active:e===d-1}),f[f.length-1].label!==d&&f.push({type:"page",mayBeFastForward:!1,mayBeFastBackward:!1,label:d,active:e===d}),{hasFastBackward:o,hasFastForward:s,fastBackwardTo:h,fastForwardTo:p,items:f}}function Zt(e,r){const t=[];for(let a=e;a<=r;++a)t.push({label:`${a}`,value:a});return t}const Wa=["onClick","onMouseenter","onMouseleave"],qa=["onClick"],Xa=["onClick"],Ga={...Je.props,simple:Boolean,page:Number,defaultPage:{type:Number,default:1},itemCount:Number,pageCount:Number,defaultPageCount:{type:Number,default:1},showSizePicker:Boolean,pageSize:Number,defaultPageSize:Number,pageSizes:{type:Array,default(){return[10]}},showQuickJumper:Boolean,size:String,disabled:Boolean,pageSlot:{type:Number,default:9},selectProps:Object,prev:Function,next:Function,goto:Function,prefix:Function,suffix:Function,label:Function,displayOrder:{type:Array,default:["pages","size-picker","quick-jumper"]},to:ca.propTo,showQuickJumpDropdown:{type:Boolean,default:!0},scrollbarProps:Object,"onUpdate:page":[Function,Array],onUpdatePage:[Function,Array],"onUpdate:pageSize":[Function,Array],onUpdatePageSize:[Function,Array],onPageSizeChange:[Function,Array],onChange:[Function,Array]};var Ja=fe({name:"Pagination",props:Ga,slots:Object,setup(e){const{mergedComponentPropsRef:r,mergedClsPrefixRef:t,inlineThemeDisabled:a,mergedRtlRef:o}=ot(e),s=g(()=>e.size||r?.value?.Pagination?.size||"medium"),h=Je("Pagination","-pagination",Va,ua,e,t),{localeRef:p}=dr("Pagination"),m=W(null),d=W(e.defaultPage),v=W(br(e)),y=ht(ie(e,"page"),d),T=ht(ie(e,"pageSize"),v),u=g(()=>{const{itemCount:b}=e;if(b!==void 0)return Math.max(1,Math.ceil(b/T.value));const{pageCount:Y}=e;return Y!==void 0?Math.max(Y,1):1}),l=W("");ut(()=>{e.simple,l.value=String(y.value)});const f=W(!1),i=W(!1),R=W(!1),B=W(!1),M=()=>{e.disabled||(f.value=!0,A())},H=()=>{e.disabled||(f.value=!1,A())},L=()=>{i.value=!0,A()},K=()=>{i.value=!1,A()},q=b=>{O(b)},X=g(()=>ja(y.value,u.value,e.pageSlot,e.showQuickJumpDropdown));ut(()=>{X.value.hasFastBackward?X.value.hasFastForward||(f.value=!1,R.value=!1):(i.value=!1,B.value=!1)});const Q=g(()=>{const b=p.value.selectionSuffix;return e.pageSizes.map(Y=>typeof Y=="number"?{label:`${Y} / ${b}`,value:Y}:Y)}),te=g(()=>r?.value?.Pagination?.inputSize||Dt(s.value)),oe=g(()=>r?.value?.Pagination?.selectSize||Dt(s.value)),F=g(()=>(y.value-1)*T.value),ce=g(()=>{const b=y.value*T.value-1,{itemCount:Y}=e;return Y!==void 0&&b>Y-1?Y-1:b}),S=g(()=>{const{itemCount:b}=e;return b!==void 0?b:(e.pageCount||1)*T.value}),C=Tt("Pagination",o,t);function A(){vt(()=>{const{value:b}=m;b&&(b.classList.add("transition-disabled"),m.value?.offsetWidth,b.classList.remove("transition-disabled"))})}function O(b){if(b===y.value)return;const{"onUpdate:page":Y,onUpdatePage:xe,onChange:me,simple:Me}=e;Y&&Z(Y,b),xe&&Z(xe,b),me&&Z(me,b),d.value=b,Me&&(l.value=String(b))}function _(b){if(b===T.value)return;const{"onUpdate:pageSize":Y,onUpdatePageSize:xe,onPageSizeChange:me}=e;Y&&Z(Y,b),xe&&Z(xe,b),me&&Z(me,b),v.value=b,u.value<y.value&&O(u.value)}function J(){e.disabled||O(Math.min(y.value+1,u.value))}function le(){e.disabled||O(Math.max(y.value-1,1))}function de(){e.disabled||O(Math.min(X.value.fastForwardTo,u.value))}function c(){e.disabled||O(Math.max(X.value.fastBackwardTo,1))}function k(b){_(b)}function U(){const b=Number.parseInt(l.value);Number.isNaN(b)||(O(Math.max(1,Math.min(b,u.value))),e.simple||(l.value=""))}function E(){U()}function ae(b){if(!e.disabled)switch(b.type){case"page":O(b.label);break;case"fast-backward":c();break;case"fast-forward":de()}}function ue(b){l.value=b.replace(/\D+/g,"")}ut(()=>{y.value,T.value,A()});const pe=g(()=>{const b=s.value,{self:{buttonBorder:Y,buttonBorderHover:xe,buttonBorderPressed:me,buttonIconColor:Me,buttonIconColorHover:Oe,buttonIconColorPressed:I,itemTextColor:re,itemTextColorHover:ke,itemTextColorPressed:be,itemTextColorActive:Ie,itemTextColorDisabled:Ye,itemColor:We,itemColorHover:Se,itemColorPressed:Pe,itemColorActive:et,itemColorActiveHover:tt,itemColorDisabled:Ee,itemBorder:Ce,itemBorderHover:qe,itemBorderPressed:De,itemBorderActive:rt,itemBorderDisabled:at,itemBorderRadius:Xe,jumperTextColor:Ge,jumperTextColorDisabled:z,buttonColor:N,buttonColorHover:j,buttonColorPressed:G,[Re("itemPadding",b)]:we,[Re("itemMargin",b)]:Be,[Re("inputWidth",b)]:Te,[Re("selectWidth",b)]:ne,[Re("inputMargin",b)]:ge,[Re("selectMargin",b)]:$e,[Re("jumperFontSize",b)]:He,[Re("prefixMargin",b)]:Ze,[Re("suffixMargin",b)]:nt,[Re("itemSize",b)]:Ve,[Re("buttonIconSize",b)]:it,[Re("itemFontSize",b)]:dt,[`${Re("itemMargin",b)}Rtl`]:Fe,[`${Re("inputMargin",b)}Rtl`]:_e},common:{cubicBezierEaseInOut:xt}}=h.value;return{"--n-prefix-margin":Ze,"--n-suffix-margin":nt,"--n-item-font-size":dt,"--n-select-width":ne,"--n-select-margin":$e,"--n-input-width":Te,"--n-input-margin":ge,"--n-input-margin-rtl":_e,"--n-item-size":Ve,"--n-item-text-color":re,"--n-item-text-color-disabled":Ye,"--n-item-text-color-hover":ke,"--n-item-text-color-active":Ie,"--n-item-text-color-pressed":be,"--n-item-color":We,"--n-item-color-hover":Se,"--n-item-color-disabled":Ee,"--n-item-color-active":et,"--n-item-color-active-hover":tt,"--n-item-color-pressed":Pe,"--n-item-border":Ce,"--n-item-border-hover":qe,"--n-item-border-disabled":at,"--n-item-border-active":rt,"--n-item-border-pressed":De,"--n-item-padding":we,"--n-item-border-radius":Xe,"--n-bezier":xt,"--n-jumper-font-size":He,"--n-jumper-text-color":Ge,"--n-jumper-text-color-disabled":z,"--n-item-margin":Be,"--n-item-margin-rtl":Fe,"--n-button-icon-size":it,"--n-button-icon-color":Me,"--n-button-icon-color-hover":Oe,"--n-button-icon-color-pressed":I,"--n-button-color-hover":j,"--n-button-color":N,"--n-button-color-pressed":G,"--n-button-border":Y,"--n-button-border-hover":xe,"--n-button-border-pressed":me}}),ve=a?zt("pagination",g(()=>{let b="";return b+=s.value[0],b}),pe,e):void 0;return{rtlEnabled:C,mergedClsPrefix:t,locale:p,selfRef:m,mergedPage:y,pageItems:g(()=>X.value.items),mergedItemCount:S,jumperValue:l,pageSizeOptions:Q,mergedPageSize:T,inputSize:te,selectSize:oe,mergedTheme:h,mergedPageCount:u,startIndex:F,endIndex:ce,showFastForwardMenu:R,showFastBackwardMenu:B,fastForwardActive:f,fastBackwardActive:i,handleMenuSelect:q,handleFastForwardMouseenter:M,handleFastForwardMouseleave:H,handleFastBackwardMouseenter:L,handleFastBackwardMouseleave:K,handleJumperInput:ue,handleBackwardClick:le,handleForwardClick:J,handlePageItemClick:ae,handleSizePickerChange:k,handleQuickJumperChange:E,cssVars:a?void 0:pe,themeClass:ve?.themeClass,onRender:ve?.onRender}},render(){const{$slots:e,mergedClsPrefix:r,disabled:t,cssVars:a,mergedPage:o,mergedPageCount:s,pageItems:h,showSizePicker:p,showQuickJumper:m,mergedTheme:d,locale:v,inputSize:y,selectSize:T,mergedPageSize:u,pageSizeOptions:l,jumperValue:f,simple:i,prev:R,next:B,prefix:M,suffix:H,label:L,goto:K,handleJumperInput:q,handleSizePickerChange:X,handleBackwardClick:Q,handlePageItemClick:te,handleForwardClick:oe,handleQuickJumperChange:F,onRender:ce}=this;ce?.();const S=M||e.prefix,C=H||e.suffix,A=R||e.prev,O=B||e.next,_=L||e.label;return n(),P("div",{ref:"selfRef",class:D([`${r}-pagination`,this.themeClass,this.rtlEnabled&&`${r}-pagination--rtl`,t&&`${r}-pagination--disabled`,i&&`${r}-pagination--simple`]),style:ze(a)},[S?(n(),P("div",{key:0,class:D(`${r}-pagination-prefix`)},[$(()=>S({page:o,pageSize:u,pageCount:s,startIndex:this.startIndex,endIndex:this.endIndex,itemCount:this.mergedItemCount}))],2)):$(()=>null),$(()=>this.displayOrder.map(J=>{switch(J){case"pages":return(()=>{const le=lt("9d36e2972681a71c");return n(),P(he,{key:"pages"},[se("div",{class:D([`${r}-pagination-item`,!A&&`${r}-pagination-item--button`,(o<=1||o>s||t)&&`${r}-pagination-item--disabled`]),onClick:Q},[A?(n(),P(he,{key:0},[$(()=>A({page:o,pageSize:u,pageCount:s,startIndex:this.startIndex,endIndex:this.endIndex,itemCount:this.mergedItemCount}))],64)):(n(),x(je,{key:1,clsPrefix:r},{default:()=>this.rtlEnabled?(n(),x(Ht,{key:2})):(n(),x(Vt,{key:3}))},1032,["clsPrefix"]))],10,qa),i?(n(),P(he,{key:0},[se("div",{class:D(`${r}-pagination-quick-jumper`)},[(n(),x(At,{value:f,onUpdateValue:q,size:y,placeholder:"",disabled:t,theme:d.peers.Input,themeOverrides:d.peerOverrides.Input,onChange:F},null,8,["value","onUpdateValue","size","disabled","theme","themeOverrides","onChange"]))],2),le[0]||(le[0]=$(" /",-1)),le[1]||(le[1]=$(" ",-1)),$(()=>s)],64)):(n(),P(he,{key:1},[$(()=>h.map(de=>{let c,k,U;const{type:E}=de,ae=E==="page"?`page-${de.label}`:E;switch(E){case"page":const pe=de.label;_?c=_({type:"page",node:pe,active:de.active}):c=pe;break;case"fast-forward":const ve=this.fastForwardActive?(n(),x(je,{key:6,clsPrefix:r},{default:()=>this.rtlEnabled?(n(),x(Wt,{key:7})):(n(),x(jt,{key:8}))},1032,["clsPrefix"])):(n(),x(je,{key:9,clsPrefix:r},{default:()=>(n(),x(Xt))},1032,["clsPrefix"]));_?c=_({type:"fast-forward",node:ve,active:this.fastForwardActive||this.showFastForwardMenu}):c=ve,k=this.handleFastForwardMouseenter,U=this.handleFastForwardMouseleave;break;case"fast-backward":const b=this.fastBackwardActive?(n(),x(je,{key:10,clsPrefix:r},{default:()=>this.rtlEnabled?(n(),x(jt,{key:11})):(n(),x(Wt,{key:12}))},1032,["clsPrefix"])):(n(),x(je,{key:13,clsPrefix:r},{default:()=>(n(),x(Xt))},1032,["clsPrefix"]));_?c=_({type:"fast-backward",node:b,active:this.fastBackwardActive||this.showFastBackwardMenu}):c=b,k=this.handleFastBackwardMouseenter,U=this.handleFastBackwardMouseleave}const ue=(n(),P("div",{key:ae,class:D([`${r}-pagination-item`,de.active&&`${r}-pagination-item--active`,E!=="page"&&(E==="fast-backward"&&this.showFastBackwardMenu||E==="fast-forward"&&this.showFastForwardMenu)&&`${r}-pagination-item--hover`,t&&`${r}-pagination-item--disabled`,E==="page"&&`${r}-pagination-item--clickable`]),onClick:()=>{te(de)},onMouseenter:k,onMouseleave:U},[$(()=>c)],42,Wa));return E==="page"||!de.options?ue:(n(),x(Ha,{to:this.to,key:ae,disabled:t,trigger:"hover",virtualScroll:!0,style:{width:"60px"},theme:d.peers.Popselect,themeOverrides:d.peerOverrides.Popselect,builtinThemeOverrides:{peers:{InternalSelectMenu:{height:"calc(var(--n-option-height) * 4.6)"}}},nodeProps:()=>({style:{justifyContent:"center"}}),show:E==="fast-backward"?this.showFastBackwardMenu:this.showFastForwardMenu,onUpdateShow:pe=>{pe?E==="fast-backward"?this.showFastBackwardMenu=pe:this.showFastForwardMenu=pe:(this.showFastBackwardMenu=!1,this.showFastForwardMenu=!1)},options:de.options,onUpdateValue:this.handleMenuSelect,scrollable:!0,scrollbarProps:this.scrollbarProps,showCheckmark:!1},{default:()=>ue},1032,["to","disabled","theme","themeOverrides","show","onUpdateShow","options","onUpdateValue","scrollbarProps"]))}))],64)),se("div",{class:D([`${r}-pagination-item`,!O&&`${r}-pagination-item--button`,{[`${r}-pagination-item--disabled`]:o<1||o>=s||t}]),onClick:oe},[O?(n(),P(he,{key:0},[$(()=>O({page:o,pageSize:u,pageCount:s,itemCount:this.mergedItemCount,startIndex:this.startIndex,endIndex:this.endIndex}))],64)):(n(),x(je,{key:1,clsPrefix:r},{default:()=>this.rtlEnabled?(n(),x(Vt,{key:4})):(n(),x(Ht,{key:5}))},1032,["clsPrefix"]))],10,Xa)],64)})();case"size-picker":return!i&&p?(n(),x(Oa,ye({key:14,consistentMenuWidth:!1,placeholder:"",showCheckmark:!1,to:this.to},this.selectProps,{size:T,options:l,value:u,disabled:t,scrollbarProps:this.scrollbarProps,theme:d.peers.Select,themeOverrides:d.peerOverrides.Select,onUpdateValue:X}),null,16,["to","size","options","value","disabled","scrollbarProps","theme","themeOverrides","onUpdateValue"])):null;case"quick-jumper":return!i&&m?(n(),P("div",{key:15,class:D(`${r}-pagination-quick-jumper`)},[K?(n(),P(he,{key:0},[$(()=>K())],64)):(n(),P(he,{key:1},[$(()=>Mt(this.$slots.goto,()=>[v.goto]))],64)),(n(),x(At,{value:f,onUpdateValue:q,size:y,placeholder:"",disabled:t,theme:d.peers.Input,themeOverrides:d.peerOverrides.Input,onChange:F},null,8,["value","onUpdateValue","size","disabled","theme","themeOverrides","onChange"]))],2)):null;default:return null}})),C?(n(),P("div",{key:2,class:D(`${r}-pagination-suffix`)},[$(()=>C({page:o,pageSize:u,pageCount:s,startIndex:this.startIndex,endIndex:this.endIndex,itemCount:this.mergedItemCount}))],2)):$(()=>null)],6)}});const Za={...Je.props,onUnstableColumnResize:Function,pagination:{type:[Object,Boolean],default:!1},paginateSinglePage:{type:Boolean,default:!0},minHeight:[Number,String],maxHeight:[Number,String],columns:{type:Array,default:()=>[]},rowClassName:[String,Function],rowProps:Function,rowKey:Function,summary:[Function],data:{type:Array,default:()=>[]},loading:Boolean,bordered:{type:Boolean,default:void 0},bottomBordered:{type:Boolean,default:void 0},striped:Boolean,scrollX:[Number,String],defaultCheckedRowKeys:{type:Array,default:()=>[]},checkedRowKeys:Array,singleLine:{type:Boolean,default:!0},singleColumn:Boolean,size:String,remote:Boolean,defaultExpandedRowKeys:{type:Array,default:[]},defaultExpandAll:Boolean,expandedRowKeys:Array,stickyExpandedRows:Boolean,virtualScroll:Boolean,virtualScrollX:Boolean,virtualScrollHeader:Boolean,headerHeight:{type:Number,default:28},heightForRow:Function,minRowHeight:{type:Number,default:28},tableLayout:{type:String,default:"auto"},allowCheckingNotLoaded:Boolean,cascade:{type:Boolean,default:!0},childrenKey:{type:String,default:"children"},indent:{type:Number,default:16},flexHeight:Boolean,summaryPlacement:{type:String,default:"bottom"},paginationBehaviorOnFilter:{type:String,default:"current"},filterIconPopoverProps:Object,scrollbarProps:Object,renderCell:Function,renderExpandIcon:Function,spinProps:Object,getCsvCell:Function,getCsvHeader:Function,onLoad:Function,"onUpdate:page":[Function,Array],onUpdatePage:[Function,Array],"onUpdate:pageSize":[Function,Array],onUpdatePageSize:[Function,Array],"onUpdate:sorter":[Function,Array],onUpdateSorter:[Function,Array],"onUpdate:filters":[Function,Array],onUpdateFilters:[Function,Array],"onUpdate:checkedRowKeys":[Function,Array],onUpdateCheckedRowKeys:[Function,Array],"onUpdate:expandedRowKeys":[Function,Array],onUpdateExpandedRowKeys:[Function,Array],onScroll:Function,onPageChange:[Function,Array],onPageSizeChange:[Function,Array],onSorterChange:[Function,Array],onFiltersChange:[Function,Array],onCheckedRowKeysChange:[Function,Array]},Ne=nr("n-data-table");var yr=w("ellipsis",{overflow:"hidden"},[bt("line-clamp",`
 white-space: nowrap;
 display: inline-block;
 vertical-align: bottom;
 max-width: 100%;
 `),V("line-clamp",`
 display: -webkit-inline-box;
 -webkit-box-orient: vertical;
 `),V("cursor-pointer",`
 cursor: pointer;
 `)]);const Qa=["onClick"];function Pt(e){return`${e}-ellipsis--line-clamp`}function Ft(e,r){return`${e}-ellipsis--cursor-${r}`}const xr={...Je.props,expandTrigger:String,lineClamp:[Number,String],tooltip:{type:[Boolean,Object],default:!0}};var _t=fe({name:"Ellipsis",inheritAttrs:!1,props:xr,slots:Object,setup(e,{slots:r,attrs:t}){const a=cr(),o=Je("Ellipsis","-ellipsis",yr,ha,e,a),s=W(null),h=W(null),p=W(null),m=W(!1),d=g(()=>{const{lineClamp:i}=e,{value:R}=m;return i!==void 0?{textOverflow:"","-webkit-line-clamp":R?"":i}:{textOverflow:R?"":"ellipsis","-webkit-line-clamp":""}});function v(){let i=!1;const{value:R}=m;if(R)return!0;const{value:B}=s;if(B){const{lineClamp:M}=e;if(u(B),M!==void 0)i=B.scrollHeight<=B.offsetHeight;else{const{value:H}=h;H&&(i=H.getBoundingClientRect().width<=B.getBoundingClientRect().width)}l(B,i)}return i}function y(){if(e.expandTrigger!=="click")return;const{value:i}=m;i&&p.value?.setShow(!1),m.value=!i}pa(()=>{e.tooltip&&p.value?.setShow(!1)});const T=()=>(()=>{const i=lt("c61f52eafd841df5");return n(),P("span",ye(ye(t,{class:[`${a.value}-ellipsis`,e.lineClamp!==void 0?Pt(a.value):void 0,e.expandTrigger==="click"?Ft(a.value,"pointer"):void 0],style:d.value}),{ref:"triggerRef",onClick:y,onMouseenter:i[0]||(i[0]=e.expandTrigger==="click"?v:void 0)}),[e.lineClamp?(n(),P(he,{key:0},[$(()=>r.default?.())],64)):(n(),P("span",{key:1,ref:"triggerInnerRef"},[$(()=>r.default?.())],512))],16,Qa)})();function u(i){if(!i)return;const R=d.value,B=Pt(a.value);e.lineClamp!==void 0?f(i,B,"add"):f(i,B,"remove");for(const M in R)i.style[M]!==R[M]&&(i.style[M]=R[M])}function l(i,R){const B=Ft(a.value,"pointer");e.expandTrigger==="click"&&!R?f(i,B,"add"):f(i,B,"remove")}function f(i,R,B){B==="add"?i.classList.contains(R)||i.classList.add(R):i.classList.contains(R)&&i.classList.remove(R)}return{mergedTheme:o,triggerRef:s,triggerInnerRef:h,tooltipRef:p,renderTrigger:T,getTooltipDisabled:v}},render(){const{tooltip:e,renderTrigger:r,$slots:t}=this;if(e){const{mergedTheme:a}=this;return n(),x(fa,ye({key:1,ref:"tooltipRef",placement:"top"},e,{getDisabled:this.getTooltipDisabled,theme:a.peers.Tooltip,themeOverrides:a.peerOverrides.Tooltip}),{trigger:r,default:t.tooltip??t.default},1040,["getDisabled","theme","themeOverrides"])}else return r()}});const Ya=fe({name:"PerformantEllipsis",props:xr,inheritAttrs:!1,setup(e,{attrs:r,slots:t}){const a=W(!1),o=cr();return ga("-ellipsis",yr,o),{mouseEntered:a,renderTrigger:()=>{const{lineClamp:h}=e,p=o.value;return(()=>{const m=lt("dba02f32d69b23e6");return n(),P("span",ye(ye(r,{class:[`${p}-ellipsis`,h!==void 0?Pt(p):void 0,e.expandTrigger==="click"?Ft(p,"pointer"):void 0],style:h===void 0?{textOverflow:"ellipsis"}:{"-webkit-line-clamp":h}}),{onMouseenter:m[0]||(m[0]=()=>{a.value=!0})}),[h?(n(),P(he,{key:0},[$(()=>t.default?.())],64)):(n(),P("span",{key:1},[$(()=>t.default?.())]))],16)})()}}},render(){return this.mouseEntered?ma(_t,ye({},this.$attrs,this.$props),this.$slots):this.renderTrigger()}});function Qt(e){if(e.type==="selection")return e.width===void 0?40:Ct(e.width);if(e.type==="expand")return e.width===void 0?40:Ct(e.width);if(!("children"in e))return typeof e.width=="string"?Ct(e.width):e.width}function en(e){if(e.type==="selection")return Ue(e.width??40);if(e.type==="expand")return Ue(e.width??40);if(!("children"in e))return Ue(e.width)}function Ke(e){return e.type==="selection"?"__n_selection__":e.type==="expand"?"__n_expand__":e.key}function Yt(e){return e&&(typeof e=="object"?Object.assign({},e):e)}function tn(e){return e==="ascend"?1:e==="descend"?-1:0}function rn(e,r,t){return t!==void 0&&(e=Math.min(e,typeof t=="number"?t:Number.parseFloat(t))),r!==void 0&&(e=Math.max(e,typeof r=="number"?r:Number.parseFloat(r))),e}function an(e,r){if(r!==void 0)return{width:r,minWidth:r,maxWidth:r};const t=en(e),{minWidth:a,maxWidth:o}=e;return{width:t,minWidth:Ue(a)||t,maxWidth:Ue(o)}}function nn(e,r,t){return typeof t=="function"?t(e,r):t||""}function wt(e){return e.filterOptionValues!==void 0||e.filterOptionValue===void 0&&e.defaultFilterOptionValues!==void 0}function Rt(e){return"children"in e?!1:!!e.sorter}function Cr(e){return"children"in e&&e.children.length?!1:!!e.resizable}function er(e){return"children"in e?!1:!!e.filter&&(!!e.filterOptions||!!e.renderFilterMenu)}function tr(e){if(e){if(e==="descend")return"ascend"}else return"descend";return!1}function on(e,r){if(e.sorter===void 0)return null;const{customNextSortOrder:t}=e;return r===null||r.columnKey!==e.key?{columnKey:e.key,sorter:e.sorter,order:tr(!1)}:{...r,order:(t||tr)(r.order)}}function wr(e,r){return r.find(t=>t.columnKey===e.key&&t.order)!==void 0}function ln(e){return typeof e=="string"?e.replace(/,/g,"\\,"):e==null?"":`${e}`.replace(/,/g,"\\,")}function sn(e,r,t,a){const o=e.filter(s=>s.type!=="expand"&&s.type!=="selection"&&s.allowExport!==!1);return[o.map(s=>a?a(s):s.title).join(","),...r.map(s=>o.map(h=>t?t(s[h.key],s,h):ln(s[h.key])).join(","))].join(`
`)}var dn=fe({name:"Filter",render(){return(()=>{const e=lt("32f755e984c27f19");return e[0]||(e[0]=se("svg",{viewBox:"0 0 28 28",version:"1.1",xmlns:"http://www.w3.org/2000/svg"},[se("g",{stroke:"none","stroke-width":"1","fill-rule":"evenodd"},[se("g",{"fill-rule":"nonzero"},[se("path",{d:"M17,19 C17.5522847,19 18,19.4477153 18,20 C18,20.5522847 17.5522847,21 17,21 L11,21 C10.4477153,21 10,20.5522847 10,20 C10,19.4477153 10.4477153,19 11,19 L17,19 Z M21,13 C21.5522847,13 22,13.4477153 22,14 C22,14.5522847 21.5522847,15 21,15 L7,15 C6.44771525,15 6,14.5522847 6,14 C6,13.4477153 6.44771525,13 7,13 L21,13 Z M24,7 C24.5522847,7 25,7.44771525 25,8 C25,8.55228475 24.5522847,9 24,9 L4,9 C3.44771525,9 3,8.55228475 3,8 C3,7.44771525 3.44771525,7 4,7 L24,7 Z"})])])],-1))})()}}),cn=fe({name:"DataTableFilterMenu",props:{column:{type:Object,required:!0},radioGroupName:{type:String,required:!0},multiple:{type:Boolean,required:!0},value:{type:[Array,String,Number],default:null},options:{type:Array,required:!0},onConfirm:{type:Function,required:!0},onClear:{type:Function,required:!0},onChange:{type:Function,required:!0}},setup(e){const{mergedClsPrefixRef:r,mergedRtlRef:t}=ot(e),a=Tt("DataTable",t,r),{mergedClsPrefixRef:o,mergedThemeRef:s,localeRef:h}=Le(Ne),p=W(e.value),m=g(()=>{const{value:l}=p;return Array.isArray(l)?l:null}),d=g(()=>{const{value:l}=p;return wt(e.column)?Array.isArray(l)&&l.length&&l[0]||null:Array.isArray(l)?null:l});function v(l){e.onChange(l)}function y(l){e.multiple&&Array.isArray(l)?p.value=l:wt(e.column)&&!Array.isArray(l)?p.value=[l]:p.value=l}function T(){v(p.value),e.onConfirm()}function u(){e.multiple||wt(e.column)?v([]):v(null),e.onClear()}return{mergedClsPrefix:o,rtlEnabled:a,mergedTheme:s,locale:h,checkboxGroupValue:m,radioGroupValue:d,handleChange:y,handleConfirmClick:T,handleClearClick:u}},render(){const{mergedTheme:e,locale:r,mergedClsPrefix:t}=this;return n(),P("div",{class:D([`${t}-data-table-filter-menu`,this.rtlEnabled&&`${t}-data-table-filter-menu--rtl`])},[yt(ur,null,{default:()=>{const{checkboxGroupValue:a,handleChange:o}=this;return this.multiple?(n(),x(Ta,{key:1,value:a,class:D(`${t}-data-table-filter-menu__group`),onUpdateValue:o},{default:()=>this.options.map(s=>(n(),x(Bt,{key:s.value,theme:e.peers.Checkbox,themeOverrides:e.peerOverrides.Checkbox,value:s.value},{default:()=>s.label},1032,["theme","themeOverrides","value"])))},1032,["value","class","onUpdateValue"])):(n(),x(Ua,{key:2,name:this.radioGroupName,class:D(`${t}-data-table-filter-menu__group`),value:this.radioGroupValue,onUpdateValue:this.handleChange},{default:()=>this.options.map(s=>(n(),x(gr,{key:s.value,value:s.value,theme:e.peers.Radio,themeOverrides:e.peerOverrides.Radio},{default:()=>s.label},1032,["value","theme","themeOverrides"])))},1032,["name","class","value","onUpdateValue"]))}},1024),se("div",{class:D(`${t}-data-table-filter-menu__action`)},[(n(),x(Ut,{size:"tiny",theme:e.peers.Button,themeOverrides:e.peerOverrides.Button,onClick:this.handleClearClick},{default:()=>r.clear},1032,["theme","themeOverrides","onClick"])),(n(),x(Ut,{theme:e.peers.Button,themeOverrides:e.peerOverrides.Button,type:"primary",size:"tiny",onClick:this.handleConfirmClick},{default:()=>r.confirm},1032,["theme","themeOverrides","onClick"]))],2)],2)}}),un=fe({name:"DataTableRenderFilter",props:{render:{type:Function,required:!0},active:Boolean,show:Boolean},render(){const{render:e,active:r,show:t}=this;return e({active:r,show:t})}});function fn(e,r,t){const a=Object.assign({},e);return a[r]=t,a}var hn=fe({name:"DataTableFilterButton",props:{column:{type:Object,required:!0},options:{type:Array,default:()=>[]}},setup(e){const{mergedComponentPropsRef:r}=ot(),{mergedThemeRef:t,mergedClsPrefixRef:a,mergedFilterStateRef:o,filterMenuCssVarsRef:s,paginationBehaviorOnFilterRef:h,doUpdatePage:p,doUpdateFilters:m,filterIconPopoverPropsRef:d}=Le(Ne),v=W(!1),y=o,T=g(()=>e.column.filterMultiple!==!1),u=g(()=>{const M=y.value[e.column.key];if(M===void 0){const{value:H}=T;return H?[]:null}return M}),l=g(()=>{const{value:M}=u;return Array.isArray(M)?M.length>0:M!==null}),f=g(()=>r?.value?.DataTable?.renderFilter||e.column.renderFilter);function i(M){const H=fn(y.value,e.column.key,M);m(H,e.column),h.value==="first"&&p(1)}function R(){v.value=!1}function B(){v.value=!1}return{mergedTheme:t,mergedClsPrefix:a,active:l,showPopover:v,mergedRenderFilter:f,filterIconPopoverProps:d,filterMultiple:T,mergedFilterValue:u,filterMenuCssVars:s,handleFilterChange:i,handleFilterMenuConfirm:B,handleFilterMenuCancel:R}},render(){const{mergedTheme:e,mergedClsPrefix:r,handleFilterMenuCancel:t,filterIconPopoverProps:a}=this;return n(),x(ir,ye({show:this.showPopover,onUpdateShow:o=>this.showPopover=o,trigger:"click",theme:e.peers.Popover,themeOverrides:e.peerOverrides.Popover,placement:"bottom"},a,{style:{padding:0}}),{trigger:()=>{const{mergedRenderFilter:o}=this;if(o)return n(),x(un,{key:1,"data-data-table-filter":!0,render:o,active:this.active,show:this.showPopover},null,8,["render","active","show"]);const{renderFilterIcon:s}=this.column;return n(),P("div",{"data-data-table-filter":!0,class:D([`${r}-data-table-filter`,{[`${r}-data-table-filter--active`]:this.active,[`${r}-data-table-filter--show`]:this.showPopover}])},[s?(n(),P(he,{key:0},[$(()=>s({active:this.active,show:this.showPopover}))],64)):(n(),x(je,{key:1,clsPrefix:r},{default:()=>(n(),x(dn))},1032,["clsPrefix"]))],2)},default:()=>{const{renderFilterMenu:o}=this.column;return o?o({hide:t}):(n(),x(cn,{key:2,style:ze(this.filterMenuCssVars),radioGroupName:String(this.column.key),multiple:this.filterMultiple,value:this.mergedFilterValue,options:this.options,column:this.column,onChange:this.handleFilterChange,onClear:this.handleFilterMenuCancel,onConfirm:this.handleFilterMenuConfirm},null,8,["style","radioGroupName","multiple","value","options","column","onChange","onClear","onConfirm"]))}},1040,["show","onUpdateShow","theme","themeOverrides"])}});const pn=["onMousedown"];var mn=fe({name:"ColumnResizeButton",props:{onResizeStart:Function,onResize:Function,onResizeEnd:Function},setup(e){const{mergedClsPrefixRef:r}=Le(Ne),t=W(!1);let a=0;function o(m){return m.clientX}function s(m){m.preventDefault();const d=t.value;a=o(m),t.value=!0,d||(Lt("mousemove",window,h),Lt("mouseup",window,p),e.onResizeStart?.())}function h(m){e.onResize?.(o(m)-a)}function p(){t.value=!1,e.onResizeEnd?.(),pt("mousemove",window,h),pt("mouseup",window,p)}return va(()=>{pt("mousemove",window,h),pt("mouseup",window,p)}),{mergedClsPrefix:r,active:t,handleMousedown:s}},render(){const{mergedClsPrefix:e}=this;return n(),P("span",{"data-data-table-resizable":!0,class:D([`${e}-data-table-resize-button`,this.active&&`${e}-data-table-resize-button--active`]),onMousedown:this.handleMousedown},null,42,pn)}}),gn=fe({name:"ArrowDown",render(){return(()=>{const e=lt("bd1a1948a64f963c");return e[0]||(e[0]=se("svg",{viewBox:"0 0 28 28",version:"1.1",xmlns:"http://www.w3.org/2000/svg"},[se("g",{stroke:"none","stroke-width":"1","fill-rule":"evenodd"},[se("g",{"fill-rule":"nonzero"},[se("path",{d:"M23.7916,15.2664 C24.0788,14.9679 24.0696,14.4931 23.7711,14.206 C23.4726,13.9188 22.9978,13.928 22.7106,14.2265 L14.7511,22.5007 L14.7511,3.74792 C14.7511,3.33371 14.4153,2.99792 14.0011,2.99792 C13.5869,2.99792 13.2511,3.33371 13.2511,3.74793 L13.2511,22.4998 L5.29259,14.2265 C5.00543,13.928 4.53064,13.9188 4.23213,14.206 C3.93361,14.4931 3.9244,14.9679 4.21157,15.2664 L13.2809,24.6944 C13.6743,25.1034 14.3289,25.1034 14.7223,24.6944 L23.7916,15.2664 Z"})])])],-1))})()}}),vn=fe({name:"DataTableRenderSorter",props:{render:{type:Function,required:!0},order:{type:[String,Boolean],default:!1}},render(){const{render:e,order:r}=this;return e({order:r})}}),bn=fe({name:"SortIcon",props:{column:{type:Object,required:!0}},setup(e){const{mergedComponentPropsRef:r}=ot(),{mergedSortStateRef:t,mergedClsPrefixRef:a}=Le(Ne),o=g(()=>t.value.find(h=>h.columnKey===e.column.key)),s=g(()=>o.value!==void 0);return{mergedClsPrefix:a,active:s,mergedSortOrder:g(()=>{const{value:h}=o;return h&&s.value?h.order:!1}),mergedRenderSorter:g(()=>r?.value?.DataTable?.renderSorter||e.column.renderSorter)}},render(){const{mergedRenderSorter:e,mergedSortOrder:r,mergedClsPrefix:t}=this,{renderSorterIcon:a}=this.column;return e?(n(),x(vn,{key:1,render:e,order:r},null,8,["render","order"])):(n(),P("span",{key:2,class:D([`${t}-data-table-sorter`,r==="ascend"&&`${t}-data-table-sorter--asc`,r==="descend"&&`${t}-data-table-sorter--desc`])},[a?(n(),P(he,{key:0},[$(()=>a({order:r}))],64)):(n(),x(je,{key:1,clsPrefix:t},{default:()=>(n(),x(gn))},1032,["clsPrefix"]))],2))}});const Rr="_n_all__",kr="_n_none__";function yn(e,r,t,a){return e?o=>{for(const s of e)switch(o){case Rr:t(!0);return;case kr:a(!0);return;default:if(typeof s=="object"&&s.key===o){s.onSelect(r.value);return}}}:()=>{}}function xn(e,r){return e?e.map(t=>{switch(t){case"all":return{label:r.checkTableAll,key:Rr};case"none":return{label:r.uncheckTableAll,key:kr};default:return t}}):[]}var Cn=fe({name:"DataTableSelectionMenu",props:{clsPrefix:{type:String,required:!0}},setup(e){const{props:r,localeRef:t,checkOptionsRef:a,rawPaginatedDataRef:o,doCheckAll:s,doUncheckAll:h}=Le(Ne),p=g(()=>yn(a.value,o,s,h)),m=g(()=>xn(a.value,t.value));return()=>{const{clsPrefix:d}=e;return n(),x($a,{theme:r.theme?.peers?.Dropdown,themeOverrides:r.themeOverrides?.peers?.Dropdown,options:m.value,onSelect:p.value},{default:()=>(n(),x(je,{clsPrefix:d,class:D(`${d}-data-table-check-extra`)},{default:()=>(n(),x(ba))},1032,["clsPrefix","class"]))},1032,["theme","themeOverrides","options","onSelect"])}}});const wn=["data-n-id"],Rn=["colspan"],kn={style:{position:"relative"}},Sn=["data-n-id"],Pn=["onScroll"];function kt(e){return typeof e.title=="function"?e.title(e):e.title}const Fn=fe({props:{clsPrefix:{type:String,required:!0},id:{type:String,required:!0},cols:{type:Array,required:!0},width:String},render(){const{clsPrefix:e,id:r,cols:t,width:a}=this;return n(),P("table",{style:ze({tableLayout:"fixed",width:a}),class:D(`${e}-data-table-table`)},[se("colgroup",null,[$(()=>t.map(o=>(n(),P("col",{key:o.key,style:ze(o.style)},null,4))))]),se("thead",{"data-n-id":r,class:D(`${e}-data-table-thead`)},[$(()=>this.$slots.default?.())],10,wn)],6)}});var Sr=fe({name:"DataTableHeader",props:{discrete:{type:Boolean,default:!0}},setup(){const{mergedClsPrefixRef:e,scrollXRef:r,fixedColumnLeftMapRef:t,fixedColumnRightMapRef:a,mergedCurrentPageRef:o,allRowsCheckedRef:s,someRowsCheckedRef:h,rowsRef:p,colsRef:m,mergedThemeRef:d,checkOptionsRef:v,mergedSortStateRef:y,componentId:T,mergedTableLayoutRef:u,headerCheckboxDisabledRef:l,virtualScrollHeaderRef:f,headerHeightRef:i,onUnstableColumnResize:R,doUpdateResizableWidth:B,handleTableHeaderScroll:M,deriveNextSorter:H,doUncheckAll:L,doCheckAll:K}=Le(Ne),q=W(),X=W({});function Q(C){return X.value[C]?.getBoundingClientRect().width}function te(){s.value?L():K()}function oe(C,A){if(ft(C,"dataTableFilter")||ft(C,"dataTableResizable")||!Rt(A))return;const O=y.value.find(J=>J.columnKey===A.key)||null,_=on(A,O);H(_)}const F=new Map;function ce(C){F.set(C.key,Q(C.key))}function S(C,A){const O=F.get(C.key);if(O===void 0)return;const _=O+A,J=rn(_,C.minWidth,C.maxWidth);R(_,J,C,Q),B(C,J)}return{cellElsRef:X,componentId:T,mergedSortState:y,mergedClsPrefix:e,scrollX:r,fixedColumnLeftMap:t,fixedColumnRightMap:a,currentPage:o,allRowsChecked:s,someRowsChecked:h,rows:p,cols:m,mergedTheme:d,checkOptions:v,mergedTableLayout:u,headerCheckboxDisabled:l,headerHeight:i,virtualScrollHeader:f,virtualListRef:q,handleCheckboxUpdateChecked:te,handleColHeaderClick:oe,handleTableHeaderScroll:M,handleColumnResizeStart:ce,handleColumnResize:S}},render(){const{cellElsRef:e,mergedClsPrefix:r,fixedColumnLeftMap:t,fixedColumnRightMap:a,currentPage:o,allRowsChecked:s,someRowsChecked:h,rows:p,cols:m,mergedTheme:d,checkOptions:v,componentId:y,discrete:T,mergedTableLayout:u,headerCheckboxDisabled:l,mergedSortState:f,virtualScrollHeader:i,handleColHeaderClick:R,handleCheckboxUpdateChecked:B,handleColumnResizeStart:M,handleColumnResize:H}=this,L=(Q,te,oe)=>Q.map(({column:F,colIndex:ce,colSpan:S,rowSpan:C,isLast:A})=>{const O=Ke(F),{ellipsis:_}=F,J=()=>F.type==="selection"?F.multiple!==!1?(n(),P(he,{key:1},[(n(),x(Bt,{key:o,privateInsideTable:!0,checked:s,indeterminate:h,disabled:l,onUpdateChecked:B},null,8,["checked","indeterminate","disabled","onUpdateChecked"])),v?(n(),x(Cn,{key:0,clsPrefix:r},null,8,["clsPrefix"])):$(()=>null)],64)):null:(n(),P(he,null,[se("div",{class:D(`${r}-data-table-th__title-wrapper`)},[se("div",{class:D(`${r}-data-table-th__title`)},[_===!0||_&&!_.tooltip?(n(),P("div",{key:0,class:D(`${r}-data-table-th__ellipsis`)},[$(()=>kt(F))],2)):(n(),P(he,{key:1},[_&&typeof _=="object"?(n(),x(_t,ye({key:0},_,{theme:d.peers.Ellipsis,themeOverrides:d.peerOverrides.Ellipsis}),{default:()=>kt(F)},1040,["theme","themeOverrides"])):(n(),P(he,{key:1},[$(()=>kt(F))],64))],64))],2),Rt(F)?(n(),x(bn,{key:0,column:F},null,8,["column"])):$(()=>null)],2),er(F)?(n(),x(hn,{key:0,column:F,options:F.filterOptions},null,8,["column","options"])):$(()=>null),Cr(F)?(n(),x(mn,{key:2,onResizeStart:()=>{M(F)},onResize:k=>{H(F,k)}},null,8,["onResizeStart","onResize"])):$(()=>null)],64)),le=O in t,de=O in a,c=te&&!F.fixed?"div":"th";return n(),x(c,{ref:k=>e[O]=k,key:O,style:ze([te&&!F.fixed?{position:"absolute",left:Ae(te(ce)),top:0,bottom:0}:{left:Ae(t[O]?.start),right:Ae(a[O]?.start)},{width:Ae(F.width),textAlign:F.titleAlign||F.align,height:oe}]),colspan:S,rowspan:C,"data-col-key":O,class:D([`${r}-data-table-th`,(le||de)&&`${r}-data-table-th--fixed-${le?"left":"right"}`,{[`${r}-data-table-th--sorting`]:wr(F,f),[`${r}-data-table-th--filterable`]:er(F),[`${r}-data-table-th--sortable`]:Rt(F),[`${r}-data-table-th--selection`]:F.type==="selection",[`${r}-data-table-th--last`]:A},F.className]),onClick:F.type!=="selection"&&F.type!=="expand"&&!("children"in F)?k=>{R(k,F)}:void 0},{default:fr(()=>[$(()=>J())]),_:2},1032,["style","colspan","rowspan","data-col-key","class","onClick"])});if(i){const{headerHeight:Q}=this;let te=0,oe=0;return m.forEach(F=>{F.column.fixed==="left"?te++:F.column.fixed==="right"&&oe++}),n(),x(mr,{key:2,ref:"virtualListRef",class:D(`${r}-data-table-base-table-header`),style:ze({height:Ae(Q)}),onScroll:this.handleTableHeaderScroll,columns:m,itemSize:Q,showScrollbar:!1,items:[{}],itemResizable:!1,visibleItemsTag:Fn,visibleItemsProps:{clsPrefix:r,id:y,cols:m,width:Ue(this.scrollX)},renderItemWithCols:({startColIndex:F,endColIndex:ce,getLeft:S})=>{const C=m.map((O,_)=>({column:O.column,isLast:_===m.length-1,colIndex:O.index,colSpan:1,rowSpan:1})).filter(({column:O},_)=>!!(F<=_&&_<=ce||O.fixed)),A=L(C,S,Ae(Q));return A.splice(te,0,(n(),P("th",{colspan:m.length-te-oe,style:{pointerEvents:"none",visibility:"hidden",height:0}},null,8,Rn))),n(),P("tr",kn,[$(()=>A)])}},{default:({renderedItemWithCols:F})=>F},1032,["class","style","onScroll","columns","itemSize","visibleItemsTag","visibleItemsProps","renderItemWithCols"])}const K=(n(),P("thead",{class:D(`${r}-data-table-thead`),"data-n-id":y},[$(()=>p.map(Q=>(n(),P("tr",{class:D(`${r}-data-table-tr`)},[$(()=>L(Q,null,void 0))],2))))],10,Sn));if(!T)return K;const{handleTableHeaderScroll:q,scrollX:X}=this;return n(),P("div",{class:D(`${r}-data-table-base-table-header`),onScroll:q},[se("table",{class:D(`${r}-data-table-table`),style:ze({minWidth:Ue(X),tableLayout:u})},[se("colgroup",null,[$(()=>m.map(Q=>(n(),P("col",{key:Q.key,style:ze(Q.style)},null,4))))]),$(()=>K)],6)],42,Pn)}}),zn=fe({name:"DataTableBodyCheckbox",props:{rowKey:{type:[String,Number],required:!0},disabled:{type:Boolean,required:!0},onUpdateChecked:{type:Function,required:!0}},setup(e){const{mergedCheckedRowKeySetRef:r,mergedInderminateRowKeySetRef:t}=Le(Ne);return()=>{const{rowKey:a}=e;return n(),x(Bt,{privateInsideTable:!0,disabled:e.disabled,indeterminate:t.value.has(a),checked:r.value.has(a),onUpdateChecked:e.onUpdateChecked},null,8,["disabled","indeterminate","checked","onUpdateChecked"])}}}),Mn=fe({name:"DataTableBodyRadio",props:{rowKey:{type:[String,Number],required:!0},disabled:{type:Boolean,required:!0},onUpdateChecked:{type:Function,required:!0}},setup(e){const{mergedCheckedRowKeySetRef:r,componentId:t}=Le(Ne);return()=>{const{rowKey:a}=e;return n(),x(gr,{name:t,disabled:e.disabled,checked:r.value.has(a),onUpdateChecked:e.onUpdateChecked},null,8,["name","disabled","checked","onUpdateChecked"])}}}),Tn=fe({name:"DataTableCell",props:{clsPrefix:{type:String,required:!0},row:{type:Object,required:!0},index:{type:Number,required:!0},column:{type:Object,required:!0},isSummary:Boolean,mergedTheme:{type:Object,required:!0},renderCell:Function},render(){const{isSummary:e,column:r,row:t,renderCell:a}=this;let o;const{render:s,key:h,ellipsis:p}=r;if(s&&!e?o=s(t,this.index):e?o=t[h]?.value:o=a?a(It(t,h),t,r):It(t,h),p)if(typeof p=="object"){const{mergedTheme:m}=this;return r.ellipsisComponent==="performant-ellipsis"?(n(),x(Ya,ye({key:1},p,{theme:m.peers.Ellipsis,themeOverrides:m.peerOverrides.Ellipsis}),{default:()=>o},1040,["theme","themeOverrides"])):(n(),x(_t,ye({key:2},p,{theme:m.peers.Ellipsis,themeOverrides:m.peerOverrides.Ellipsis}),{default:()=>o},1040,["theme","themeOverrides"]))}else return n(),P("span",{key:3,class:D(`${this.clsPrefix}-data-table-td__ellipsis`)},[$(()=>o)],2);return o}});const Bn=["onClick"];var rr=fe({name:"DataTableExpandTrigger",props:{clsPrefix:{type:String,required:!0},expanded:Boolean,loading:Boolean,onClick:{type:Function,required:!0},renderExpandIcon:{type:Function},rowData:{type:Object,required:!0}},render(){const{clsPrefix:e}=this;return(()=>{const r=lt("82f30e69bbec5134");return n(),P("div",{class:D([`${e}-data-table-expand-trigger`,this.expanded&&`${e}-data-table-expand-trigger--expanded`]),onClick:this.onClick,onMousedown:r[0]||(r[0]=t=>{t.preventDefault()})},[yt(ya,null,{default:()=>this.loading?(n(),x(hr,{key:"loading",clsPrefix:this.clsPrefix,radius:85,strokeWidth:15,scale:.88},null,8,["clsPrefix"])):this.renderExpandIcon?this.renderExpandIcon({expanded:this.expanded,rowData:this.rowData}):(n(),x(je,{clsPrefix:e,key:"base-icon"},{default:()=>(n(),x(La))},1032,["clsPrefix"]))},1024)],42,Bn)})()}});const $n=["onMouseenter","onMouseleave"],_n=["data-n-id"],En=["colspan"],On=["colspan"],An=["onMouseenter"],Un=["onMouseleave"];function Ln(e,r){const t=[];function a(o,s){o.forEach(h=>{h.children&&r.has(h.key)?(t.push({tmNode:h,striped:!1,key:h.key,index:s}),a(h.children,s)):t.push({key:h.key,tmNode:h,striped:!1,index:s})})}return e.forEach(o=>{t.push(o);const{children:s}=o.tmNode;s&&r.has(o.key)&&a(s,o.index)}),t}const In=fe({props:{clsPrefix:{type:String,required:!0},id:{type:String,required:!0},cols:{type:Array,required:!0},onMouseenter:Function,onMouseleave:Function},render(){const{clsPrefix:e,id:r,cols:t,onMouseenter:a,onMouseleave:o}=this;return n(),P("table",{style:{tableLayout:"fixed"},class:D(`${e}-data-table-table`),onMouseenter:a,onMouseleave:o},[se("colgroup",null,[$(()=>t.map(s=>(n(),P("col",{key:s.key,style:ze(s.style)},null,4))))]),se("tbody",{"data-n-id":r,class:D(`${e}-data-table-tbody`)},[$(()=>this.$slots.default?.())],10,_n)],42,$n)}});var Kn=fe({name:"DataTableBody",props:{onResize:Function,showHeader:Boolean,flexHeight:Boolean,bodyStyle:Object},setup(e){const{slots:r,bodyWidthRef:t,mergedExpandedRowKeysRef:a,mergedClsPrefixRef:o,mergedThemeRef:s,scrollXRef:h,colsRef:p,paginatedDataRef:m,rawPaginatedDataRef:d,fixedColumnLeftMapRef:v,fixedColumnRightMapRef:y,mergedCurrentPageRef:T,rowClassNameRef:u,leftActiveFixedColKeyRef:l,leftActiveFixedChildrenColKeysRef:f,rightActiveFixedColKeyRef:i,rightActiveFixedChildrenColKeysRef:R,renderExpandRef:B,hoverKeyRef:M,summaryRef:H,mergedSortStateRef:L,virtualScrollRef:K,virtualScrollXRef:q,heightForRowRef:X,minRowHeightRef:Q,componentId:te,mergedTableLayoutRef:oe,childTriggerColIndexRef:F,indentRef:ce,rowPropsRef:S,stripedRef:C,loadingRef:A,onLoadRef:O,loadingKeySetRef:_,expandableRef:J,stickyExpandedRowsRef:le,renderExpandIconRef:de,summaryPlacementRef:c,treeMateRef:k,scrollbarPropsRef:U,setHeaderScrollLeft:E,doUpdateExpandedRowKeys:ae,handleTableBodyScroll:ue,doCheck:pe,doUncheck:ve,renderCell:b,xScrollableRef:Y,explicitlyScrollableRef:xe}=Le(Ne),me=Le(xa,null),Me=W(null),Oe=W(null),I=W(null),re=g(()=>me?.mergedComponentPropsRef.value?.DataTable?.renderEmpty),ke=st(()=>m.value.length===0),be=st(()=>K.value&&!ke.value);let Ie="";const Ye=g(()=>new Set(a.value));function We(z){return k.value.getNode(z)?.rawNode}function Se(z,N,j){const G=We(z.key);if(!G){Kt("data-table",`fail to get row data with key ${z.key}`);return}if(j){const we=m.value.findIndex(Be=>Be.key===Ie);if(we!==-1){const Be=m.value.findIndex($e=>$e.key===z.key),Te=Math.min(we,Be),ne=Math.max(we,Be),ge=[];m.value.slice(Te,ne+1).forEach($e=>{$e.disabled||ge.push($e.key)}),N?pe(ge,!1,G):ve(ge,G),Ie=z.key;return}}N?pe(z.key,!1,G):ve(z.key,G),Ie=z.key}function Pe(z){const N=We(z.key);if(!N){Kt("data-table",`fail to get row data with key ${z.key}`);return}pe(z.key,!0,N)}function et(){if(be.value)return Ce();const{value:z}=Me;return z?z.containerRef:null}function tt(z,N){if(_.value.has(z))return;const{value:j}=a,G=j.indexOf(z),we=Array.from(j);~G?(we.splice(G,1),ae(we)):N&&!N.isLeaf&&!N.shallowLoaded?(_.value.add(z),O.value?.(N.rawNode).then(()=>{const{value:Be}=a,Te=Array.from(Be);~Te.indexOf(z)||Te.push(z),ae(Te)}).finally(()=>{_.value.delete(z)})):(we.push(z),ae(we))}function Ee(){M.value=null}function Ce(){const{value:z}=Oe;return z?.listElRef||null}function qe(){const{value:z}=Oe;return z?.itemsElRef||null}function De(z){ue(z),Me.value?.sync()}function rt(z){const{onResize:N}=e;N&&N(z),Me.value?.sync()}const at={getScrollContainer:et,scrollTo(z,N){K.value?Oe.value?.scrollTo(z,N):Me.value?.scrollTo(z,N)}},Xe=ee([({props:z})=>{const N=G=>G===null?null:ee(`[data-n-id="${z.componentId}"] [data-col-key="${G}"]::after`,{boxShadow:"var(--n-box-shadow-after)"}),j=G=>G===null?null:ee(`[data-n-id="${z.componentId}"] [data-col-key="${G}"]::before`,{boxShadow:"var(--n-box-shadow-before)"});return ee([N(z.leftActiveFixedColKey),j(z.rightActiveFixedColKey),z.leftActiveFixedChildrenColKeys.map(G=>N(G)),z.rightActiveFixedChildrenColKeys.map(G=>j(G))])}]);let Ge=!1;return ut(()=>{const{value:z}=l,{value:N}=f,{value:j}=i,{value:G}=R;if(!Ge&&z===null&&j===null)return;const we={leftActiveFixedColKey:z,leftActiveFixedChildrenColKeys:N,rightActiveFixedColKey:j,rightActiveFixedChildrenColKeys:G,componentId:te};Xe.mount({id:`n-${te}`,force:!0,props:we,anchorMetaName:Ra,parent:me?.styleMountTarget}),Ge=!0}),Ca(()=>{Xe.unmount({id:`n-${te}`,parent:me?.styleMountTarget})}),{bodyWidth:t,summaryPlacement:c,dataTableSlots:r,componentId:te,scrollbarInstRef:Me,virtualListRef:Oe,emptyElRef:I,summary:H,mergedClsPrefix:o,mergedTheme:s,mergedRenderEmpty:re,scrollX:h,cols:p,loading:A,shouldDisplayVirtualList:be,empty:ke,paginatedDataAndInfo:g(()=>{const{value:z}=C;let N=!1;return{data:m.value.map(z?(j,G)=>(j.isLeaf||(N=!0),{tmNode:j,key:j.key,striped:G%2===1,index:G}):(j,G)=>(j.isLeaf||(N=!0),{tmNode:j,key:j.key,striped:!1,index:G})),hasChildren:N}}),rawPaginatedData:d,fixedColumnLeftMap:v,fixedColumnRightMap:y,currentPage:T,rowClassName:u,renderExpand:B,mergedExpandedRowKeySet:Ye,hoverKey:M,mergedSortState:L,virtualScroll:K,virtualScrollX:q,heightForRow:X,minRowHeight:Q,mergedTableLayout:oe,childTriggerColIndex:F,indent:ce,rowProps:S,loadingKeySet:_,expandable:J,stickyExpandedRows:le,renderExpandIcon:de,scrollbarProps:U,setHeaderScrollLeft:E,handleVirtualListScroll:De,handleVirtualListResize:rt,handleMouseleaveTable:Ee,virtualListContainer:Ce,virtualListContent:qe,handleTableBodyScroll:ue,handleCheckboxUpdateChecked:Se,handleRadioUpdateChecked:Pe,handleUpdateExpanded:tt,renderCell:b,explicitlyScrollable:xe,xScrollable:Y,...at}},render(){const{mergedTheme:e,scrollX:r,mergedClsPrefix:t,explicitlyScrollable:a,xScrollable:o,loadingKeySet:s,onResize:h,setHeaderScrollLeft:p,empty:m,shouldDisplayVirtualList:d}=this,v={minWidth:Ue(r)||"100%"};r&&(v.width="100%");const y=()=>(n(),P("div",{class:D([`${t}-data-table-empty`,this.loading&&`${t}-data-table-empty--hide`]),style:ze([this.bodyStyle,o?"position: sticky; left: 0; width: var(--n-scrollbar-current-width);":void 0]),ref:"emptyElRef"},[$(()=>Mt(this.dataTableSlots.empty,()=>[this.mergedRenderEmpty?.()||(n(),x(Aa,{theme:this.mergedTheme.peers.Empty,themeOverrides:this.mergedTheme.peerOverrides.Empty},null,8,["theme","themeOverrides"]))]))],6));return n(),x(ur,ye(this.scrollbarProps,{ref:"scrollbarInstRef",scrollable:a||o,class:`${t}-data-table-base-table-body`,style:m?void 0:this.bodyStyle,theme:e.peers.Scrollbar,themeOverrides:e.peerOverrides.Scrollbar,contentStyle:v,container:d?this.virtualListContainer:void 0,content:d?this.virtualListContent:void 0,horizontalRailStyle:{zIndex:3},verticalRailStyle:{zIndex:3},internalExposeWidthCssVar:o&&m,xScrollable:o,onScroll:d?void 0:this.handleTableBodyScroll,internalOnUpdateScrollLeft:p,onResize:h}),{default:()=>{if(this.empty&&!this.showHeader&&(this.explicitlyScrollable||this.xScrollable))return y();const T={},u={},{cols:l,paginatedDataAndInfo:f,mergedTheme:i,fixedColumnLeftMap:R,fixedColumnRightMap:B,currentPage:M,rowClassName:H,mergedSortState:L,mergedExpandedRowKeySet:K,stickyExpandedRows:q,componentId:X,childTriggerColIndex:Q,expandable:te,rowProps:oe,handleMouseleaveTable:F,renderExpand:ce,summary:S,handleCheckboxUpdateChecked:C,handleRadioUpdateChecked:A,handleUpdateExpanded:O,heightForRow:_,minRowHeight:J,virtualScrollX:le}=this,{length:de}=l;let c;const{data:k,hasChildren:U}=f,E=U?Ln(k,K):k;if(S){const I=S(this.rawPaginatedData);if(Array.isArray(I)){const re=I.map((ke,be)=>({isSummaryRow:!0,key:`__n_summary__${be}`,tmNode:{rawNode:ke,disabled:!0},index:-1}));c=this.summaryPlacement==="top"?[...re,...E]:[...E,...re]}else{const re={isSummaryRow:!0,key:"__n_summary__",tmNode:{rawNode:I,disabled:!0},index:-1};c=this.summaryPlacement==="top"?[re,...E]:[...E,re]}}else c=E;const ae=U?{width:Ae(this.indent)}:void 0,ue=[];c.forEach(I=>{ce&&K.has(I.key)&&(!te||te(I.tmNode.rawNode))?ue.push(I,{isExpandedRow:!0,key:`${I.key}-expand`,tmNode:I.tmNode,index:I.index}):ue.push(I)});const{length:pe}=ue,ve={};k.forEach(({tmNode:I},re)=>{ve[re]=I.key});const b=q?this.bodyWidth:null,Y=b===null?void 0:`${b}px`,xe=this.virtualScrollX?"div":"td";let me=0,Me=0;le&&l.forEach(I=>{I.column.fixed==="left"?me++:I.column.fixed==="right"&&Me++});const Oe=({rowInfo:I,displayedRowIndex:re,isVirtual:ke,isVirtualX:be,startColIndex:Ie,endColIndex:Ye,getLeft:We})=>{const{index:Se}=I;if("isExpandedRow"in I){const{tmNode:{key:z,rawNode:N}}=I;return n(),P("tr",{class:D(`${t}-data-table-tr ${t}-data-table-tr--expanded`),key:`${z}__expand`},[se("td",{class:D([`${t}-data-table-td`,`${t}-data-table-td--last-col`,re+1===pe&&`${t}-data-table-td--last-row`]),colspan:de},[q?(n(),P("div",{key:0,class:D(`${t}-data-table-expand`),style:ze({width:Y})},[$(()=>ce(N,Se))],6)):(n(),P(he,{key:1},[$(()=>ce(N,Se))],64))],10,En)],2)}const Pe="isSummaryRow"in I,et=!Pe&&I.striped,{tmNode:tt,key:Ee}=I,{rawNode:Ce}=tt,qe=K.has(Ee),De=oe?oe(Ce,Se):void 0,rt=typeof H=="string"?H:nn(Ce,Se,H),at=be?l.filter((z,N)=>!!(Ie<=N&&N<=Ye||z.column.fixed)):l,Xe=be?Ae(_?.(Ce,Se)||J):void 0,Ge=at.map(z=>{const N=z.index;if(re in T){const Fe=T[re],_e=Fe.indexOf(N);if(~_e)return Fe.splice(_e,1),null}const{column:j}=z,G=Ke(z),{rowSpan:we,colSpan:Be}=j,Te=Pe?I.tmNode.rawNode[G]?.colSpan||1:Be?Be(Ce,Se):1,ne=Pe?I.tmNode.rawNode[G]?.rowSpan||1:we?we(Ce,Se):1,ge=N+Te===de,$e=re+ne===pe,He=ne>1;if(He&&(u[re]={[N]:[]}),Te>1||He)for(let Fe=re;Fe<re+ne;++Fe){He&&u[re][N].push(ve[Fe]);for(let _e=N;_e<N+Te;++_e)Fe===re&&_e===N||(Fe in T?T[Fe].push(_e):T[Fe]=[_e])}const Ze=He?this.hoverKey:null,{cellProps:nt}=j,Ve=nt?.(Ce,Se),it={"--indent-offset":""},dt=j.fixed?"td":xe;return n(),x(dt,ye(Ve,{key:G,style:[{textAlign:j.align||void 0,width:Ae(j.width)},be&&{height:Xe},be&&!j.fixed?{position:"absolute",left:Ae(We(N)),top:0,bottom:0}:{left:Ae(R[G]?.start),right:Ae(B[G]?.start)},it,Ve?.style||""],colspan:Te,rowspan:ke?void 0:ne,"data-col-key":G,class:[`${t}-data-table-td`,j.className,Ve?.class,Pe&&`${t}-data-table-td--summary`,Ze!==null&&u[re][N].includes(Ze)&&`${t}-data-table-td--hover`,wr(j,L)&&`${t}-data-table-td--sorting`,j.fixed&&`${t}-data-table-td--fixed-${j.fixed}`,j.align&&`${t}-data-table-td--${j.align}-align`,j.type==="selection"&&`${t}-data-table-td--selection`,j.type==="expand"&&`${t}-data-table-td--expand`,ge&&`${t}-data-table-td--last-col`,$e&&`${t}-data-table-td--last-row`]}),{default:fr(()=>[U&&N===Q?(n(),P(he,{key:0},[$(()=>[wa(it["--indent-offset"]=Pe?0:I.tmNode.level,(n(),P("div",{class:D(`${t}-data-table-indent`),style:ze(ae)},null,6))),Pe||I.tmNode.isLeaf?(n(),P("div",{key:2,class:D(`${t}-data-table-expand-placeholder`)},null,2)):(n(),x(rr,{key:3,class:D(`${t}-data-table-expand-trigger`),clsPrefix:t,expanded:qe,rowData:Ce,renderExpandIcon:this.renderExpandIcon,loading:s.has(I.key),onClick:()=>{O(Ee,I.tmNode)}},null,8,["class","clsPrefix","expanded","rowData","renderExpandIcon","loading","onClick"]))])],64)):$(()=>null),j.type==="selection"?(n(),P(he,{key:2},[Pe?$(()=>null):(n(),P(he,{key:0},[j.multiple===!1?(n(),x(Mn,{key:M,rowKey:Ee,disabled:I.tmNode.disabled,onUpdateChecked:()=>{A(I.tmNode)}},null,8,["rowKey","disabled","onUpdateChecked"])):(n(),x(zn,{key:M,rowKey:Ee,disabled:I.tmNode.disabled,onUpdateChecked:(Fe,_e)=>{C(I.tmNode,Fe,_e.shiftKey)}},null,8,["rowKey","disabled","onUpdateChecked"]))],64))],64)):(n(),P(he,{key:3},[j.type==="expand"?(n(),P(he,{key:0},[Pe?$(()=>null):(n(),P(he,{key:0},[!j.expandable||j.expandable?.(Ce)?(n(),x(rr,{key:0,clsPrefix:t,rowData:Ce,expanded:qe,renderExpandIcon:this.renderExpandIcon,onClick:()=>{O(Ee,null)}},null,8,["clsPrefix","rowData","expanded","renderExpandIcon","onClick"])):$(()=>null)],64))],64)):(n(),x(Tn,{key:1,clsPrefix:t,index:Se,row:Ce,column:j,isSummary:Pe,mergedTheme:i,renderCell:this.renderCell},null,8,["clsPrefix","index","row","column","isSummary","mergedTheme","renderCell"]))],64))]),_:2},1040,["style","colspan","rowspan","data-col-key","class"])});return be&&me&&Me&&Ge.splice(me,0,(n(),P("td",{key:4,colspan:l.length-me-Me,style:{pointerEvents:"none",visibility:"hidden",height:0}},null,8,On))),n(),P("tr",ye(De,{onMouseenter:z=>{this.hoverKey=Ee,De?.onMouseenter?.(z)},key:Ee,class:[`${t}-data-table-tr`,Pe&&`${t}-data-table-tr--summary`,et&&`${t}-data-table-tr--striped`,qe&&`${t}-data-table-tr--expanded`,rt,De?.class],style:[De?.style,be&&{height:Xe}]}),[$(()=>Ge)],16,An)};return this.shouldDisplayVirtualList?(n(),x(mr,{key:6,ref:"virtualListRef",items:ue,itemSize:this.minRowHeight,visibleItemsTag:In,visibleItemsProps:{clsPrefix:t,id:X,cols:l,onMouseleave:F},showScrollbar:!1,onResize:this.handleVirtualListResize,onScroll:this.handleVirtualListScroll,itemsStyle:v,itemResizable:!le,columns:l,renderItemWithCols:le?({itemIndex:I,item:re,startColIndex:ke,endColIndex:be,getLeft:Ie})=>Oe({displayedRowIndex:I,isVirtual:!0,isVirtualX:!0,rowInfo:re,startColIndex:ke,endColIndex:be,getLeft:Ie}):void 0},{default:({item:I,index:re,renderedItemWithCols:ke})=>ke||Oe({rowInfo:I,displayedRowIndex:re,isVirtual:!0,isVirtualX:!1,startColIndex:0,endColIndex:0,getLeft(be){return 0}})},1032,["items","itemSize","visibleItemsTag","visibleItemsProps","onResize","onScroll","itemsStyle","itemResizable","columns","renderItemWithCols"])):(n(),P(he,{key:5},[se("table",{class:D(`${t}-data-table-table`),onMouseleave:F,style:ze({tableLayout:this.mergedTableLayout})},[se("colgroup",null,[$(()=>l.map(I=>(n(),P("col",{key:I.key,style:ze(I.style)},null,4))))]),this.showHeader?(n(),x(Sr,{key:0,discrete:!1})):$(()=>null),this.empty?$(()=>null):(n(),P("tbody",{key:2,"data-n-id":X,class:D(`${t}-data-table-tbody`)},[$(()=>ue.map((I,re)=>Oe({rowInfo:I,displayedRowIndex:re,isVirtual:!1,isVirtualX:!1,startColIndex:-1,endColIndex:-1,getLeft(ke){return-1}})))],10,["data-n-id"]))],46,Un),this.empty?(n(),P(he,{key:0},[$(()=>y())],64)):$(()=>null)],64))}},1040,["scrollable","class","style","theme","themeOverrides","contentStyle","container","content","internalExposeWidthCssVar","xScrollable","onScroll","internalOnUpdateScrollLeft","onResize"])}}),Nn=fe({name:"MainTable",setup(){const{mergedClsPrefixRef:e,rightFixedColumnsRef:r,leftFixedColumnsRef:t,bodyWidthRef:a,maxHeightRef:o,minHeightRef:s,flexHeightRef:h,virtualScrollHeaderRef:p,syncScrollState:m,scrollXRef:d}=Le(Ne),v=W(null),y=W(null),T=W(null),u=W(!(t.value.length||r.value.length)),l=g(()=>({maxHeight:Ue(o.value),minHeight:Ue(s.value)}));function f(M){a.value=M.contentRect.width,m("layout"),u.value||(u.value=!0)}function i(){const{value:M}=v;return M?p.value?M.virtualListRef?.listElRef||null:M.$el:null}function R(){const{value:M}=y;return M?M.getScrollContainer():null}const B={getBodyElement:R,getHeaderElement:i,scrollTo(M,H){y.value?.scrollTo(M,H)}};return ut(()=>{const{value:M}=T;if(!M)return;const H=`${e.value}-data-table-base-table--transition-disabled`;u.value?setTimeout(()=>{M.classList.remove(H)},0):M.classList.add(H)}),{maxHeight:o,mergedClsPrefix:e,selfElRef:T,headerInstRef:v,bodyInstRef:y,bodyStyle:l,flexHeight:h,handleBodyResize:f,scrollX:d,...B}},render(){const{mergedClsPrefix:e,maxHeight:r,flexHeight:t}=this,a=r===void 0&&!t;return n(),P("div",{class:D(`${e}-data-table-base-table`),ref:"selfElRef"},[a?$(()=>null):(n(),x(Sr,{key:1,ref:"headerInstRef"},null,512)),(n(),x(Kn,{ref:"bodyInstRef",bodyStyle:this.bodyStyle,showHeader:a,flexHeight:t,onResize:this.handleBodyResize},null,8,["bodyStyle","showHeader","flexHeight","onResize"]))],2)}});const ar=Hn();var Dn=ee([w("data-table",`
 width: 100%;
 font-size: var(--n-font-size);
 display: flex;
 flex-direction: column;
 position: relative;
 --n-merged-th-color: var(--n-th-color);
 --n-merged-td-color: var(--n-td-color);
 --n-merged-border-color: var(--n-border-color);
 --n-merged-th-color-hover: var(--n-th-color-hover);
 --n-merged-th-color-sorting: var(--n-th-color-sorting);
 --n-merged-td-color-hover: var(--n-td-color-hover);
 --n-merged-td-color-sorting: var(--n-td-color-sorting);
 --n-merged-td-color-striped: var(--n-td-color-striped);
 `,[w("data-table-wrapper",`
 flex-grow: 1;
 display: flex;
 flex-direction: column;
 `),V("empty",[w("data-table-base-table",`
 height: 100%;
 display: flex;
 flex-direction: column;
 `),w("data-table-base-table-body",["height: 100%;",w("scrollbar-content",`
 height: 100%;
 display: flex;
 flex-direction: column;
 `)])]),V("flex-height",[ee(">",[w("data-table-wrapper",[ee(">",[w("data-table-base-table",`
 display: flex;
 flex-direction: column;
 flex-grow: 1;
 `,[ee(">",[w("data-table-base-table-body","flex-basis: 0;",[ee("&:last-child","flex-grow: 1;")])])])])])])]),ee(">",[w("data-table-loading-wrapper",`
 color: var(--n-loading-color);
 font-size: var(--n-loading-size);
 position: absolute;
 left: 50%;
 top: 50%;
 transform: translateX(-50%) translateY(-50%);
 transition: color .3s var(--n-bezier);
 display: flex;
 align-items: center;
 justify-content: center;
 `,[ka({originalTransform:"translateX(-50%) translateY(-50%)"})])]),w("data-table-expand-placeholder",`
 margin-right: 8px;
 display: inline-block;
 width: 16px;
 height: 1px;
 `),w("data-table-indent",`
 display: inline-block;
 height: 1px;
 `),w("data-table-expand-trigger",`
 display: inline-flex;
 margin-right: 8px;
 cursor: pointer;
 font-size: 16px;
 vertical-align: -0.2em;
 position: relative;
 width: 16px;
 height: 16px;
 color: var(--n-td-text-color);
 transition: color .3s var(--n-bezier);
 `,[V("expanded",[w("icon","transform: rotate(90deg);",[ct({originalTransform:"rotate(90deg)"})]),w("base-icon","transform: rotate(90deg);",[ct({originalTransform:"rotate(90deg)"})])]),w("base-loading",`
 color: var(--n-loading-color);
 transition: color .3s var(--n-bezier);
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 `,[ct()]),w("icon",`
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 `,[ct()]),w("base-icon",`
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 `,[ct()])]),w("data-table-thead",`
 transition: background-color .3s var(--n-bezier);
 background-color: var(--n-merged-th-color);
 `),w("data-table-tr",`
 position: relative;
 box-sizing: border-box;
 background-clip: padding-box;
 transition: background-color .3s var(--n-bezier);
 `,[w("data-table-expand",`
 position: sticky;
 left: 0;
 overflow: hidden;
 margin: calc(var(--n-th-padding) * -1);
 padding: var(--n-th-padding);
 box-sizing: border-box;
 `),V("striped","background-color: var(--n-merged-td-color-striped);",[w("data-table-td","background-color: var(--n-merged-td-color-striped);")]),bt("summary",[ee("&:hover","background-color: var(--n-merged-td-color-hover);",[ee(">",[w("data-table-td","background-color: var(--n-merged-td-color-hover);")])])])]),w("data-table-th",`
 padding: var(--n-th-padding);
 position: relative;
 text-align: start;
 box-sizing: border-box;
 background-color: var(--n-merged-th-color);
 border-color: var(--n-merged-border-color);
 border-bottom: 1px solid var(--n-merged-border-color);
 color: var(--n-th-text-color);
 transition:
 border-color .3s var(--n-bezier),
 color .3s var(--n-bezier),
 background-color .3s var(--n-bezier);
 font-weight: var(--n-th-font-weight);
 `,[V("filterable",`
 padding-right: 36px;
 `,[V("sortable",`
 padding-right: calc(var(--n-th-padding) + 36px);
 `)]),ar,V("selection",`
 padding: 0;
 text-align: center;
 line-height: 0;
 z-index: 3;
 `),Qe("title-wrapper",`
 display: flex;
 align-items: center;
 flex-wrap: nowrap;
 max-width: 100%;
 `,[Qe("title",`
 flex: 1;
 min-width: 0;
 `)]),Qe("ellipsis",`
 display: inline-block;
 vertical-align: bottom;
 text-overflow: ellipsis;
 overflow: hidden;
 white-space: nowrap;
 max-width: 100%;
 `),V("hover",`
 background-color: var(--n-merged-th-color-hover);
 `),V("sorting",`
 background-color: var(--n-merged-th-color-sorting);
 `),V("sortable",`
 cursor: pointer;
 `,[Qe("ellipsis",`
 max-width: calc(100% - 18px);
 `),ee("&:hover",`
 background-color: var(--n-merged-th-color-hover);
 `)]),w("data-table-sorter",`
 height: var(--n-sorter-size);
 width: var(--n-sorter-size);
 margin-left: 4px;
 position: relative;
 display: inline-flex;
 align-items: center;
 justify-content: center;
 vertical-align: -0.2em;
 color: var(--n-th-icon-color);
 transition: color .3s var(--n-bezier);
 `,[w("base-icon","transition: transform .3s var(--n-bezier)"),V("desc",[w("base-icon",`
 transform: rotate(0deg);
 `)]),V("asc",[w("base-icon",`
 transform: rotate(-180deg);
 `)]),V("asc, desc",`
 color: var(--n-th-icon-color-active);
 `)]),w("data-table-resize-button",`
 width: var(--n-resizable-container-size);
 position: absolute;
 top: 0;
 right: calc(var(--n-resizable-container-size) / 2);
 bottom: 0;
 cursor: col-resize;
 user-select: none;
 `,[ee("&::after",`
 width: var(--n-resizable-size);
 height: 50%;
 position: absolute;
 top: 50%;
 left: calc(var(--n-resizable-container-size) / 2);
 bottom: 0;
 background-color: var(--n-merged-border-color);
 transform: translateY(-50%);
 transition: background-color .3s var(--n-bezier);
 z-index: 1;
 content: '';
 `),V("active",[ee("&::after",` 
 background-color: var(--n-th-icon-color-active);
 `)]),ee("&:hover::after",`
 background-color: var(--n-th-icon-color-active);
 `)]),w("data-table-filter",`
 position: absolute;
 z-index: auto;
 right: 0;
 width: 36px;
 top: 0;
 bottom: 0;
 cursor: pointer;
 display: flex;
 justify-content: center;
 align-items: center;
 transition:
 background-color .3s var(--n-bezier),
 color .3s var(--n-bezier);
 font-size: var(--n-filter-size);
 color: var(--n-th-icon-color);
 `,[ee("&:hover",`
 background-color: var(--n-th-button-color-hover);
 `),V("show",`
 background-color: var(--n-th-button-color-hover);
 `),V("active",`
 background-color: var(--n-th-button-color-hover);
 color: var(--n-th-icon-color-active);
 `)])]),w("data-table-td",`
 padding: var(--n-td-padding);
 text-align: start;
 box-sizing: border-box;
 border: none;
 background-color: var(--n-merged-td-color);
 color: var(--n-td-text-color);
 border-bottom: 1px solid var(--n-merged-border-color);
 transition:
 box-shadow .3s var(--n-bezier),
 background-color .3s var(--n-bezier),
 border-color .3s var(--n-bezier),
 color .3s var(--n-bezier);
 `,[V("expand",[w("data-table-expand-trigger",`
 margin-right: 0;
 `)]),V("last-row",`
 border-bottom: 0 solid var(--n-merged-border-color);
 `,[ee("&::after",`
 bottom: 0 !important;
 `),ee("&::before",`
 bottom: 0 !important;
 `)]),V("summary",`
 background-color: var(--n-merged-th-color);
 `),V("hover",`
 background-color: var(--n-merged-td-color-hover);
 `),V("sorting",`
 background-color: var(--n-merged-td-color-sorting);
 `),Qe("ellipsis",`
 display: inline-block;
 text-overflow: ellipsis;
 overflow: hidden;
 white-space: nowrap;
 max-width: 100%;
 vertical-align: bottom;
 max-width: calc(100% - var(--indent-offset, -1.5) * 16px - 24px);
 `),V("selection, expand",`
 text-align: center;
 padding: 0;
 line-height: 0;
 `),ar]),w("data-table-empty",`
 box-sizing: border-box;
 padding: var(--n-empty-padding);
 flex-grow: 1;
 flex-shrink: 0;
 opacity: 1;
 display: flex;
 align-items: center;
 justify-content: center;
 transition: opacity .3s var(--n-bezier);
 `,[V("hide",`
 opacity: 0;
 `)]),Qe("pagination",`
 margin: var(--n-pagination-margin);
 display: flex;
 justify-content: flex-end;
 `),w("data-table-wrapper",`
 position: relative;
 opacity: 1;
 transition: opacity .3s var(--n-bezier), border-color .3s var(--n-bezier);
 border-top-left-radius: var(--n-border-radius);
 border-top-right-radius: var(--n-border-radius);
 line-height: var(--n-line-height);
 `),V("loading",[w("data-table-wrapper",`
 opacity: var(--n-opacity-loading);
 pointer-events: none;
 `)]),V("single-column",[w("data-table-td",`
 border-bottom: 0 solid var(--n-merged-border-color);
 `,[ee("&::after, &::before",`
 bottom: 0 !important;
 `)])]),bt("single-line",[w("data-table-th",`
 border-right: 1px solid var(--n-merged-border-color);
 `,[V("last",`
 border-right: 0 solid var(--n-merged-border-color);
 `)]),w("data-table-td",`
 border-right: 1px solid var(--n-merged-border-color);
 `,[V("last-col",`
 border-right: 0 solid var(--n-merged-border-color);
 `)])]),V("bordered",[w("data-table-wrapper",`
 border: 1px solid var(--n-merged-border-color);
 border-bottom-left-radius: var(--n-border-radius);
 border-bottom-right-radius: var(--n-border-radius);
 overflow: hidden;
 `)]),w("data-table-base-table",[V("transition-disabled",[w("data-table-th",[ee("&::after, &::before","transition: none;")]),w("data-table-td",[ee("&::after, &::before","transition: none;")])])]),V("bottom-bordered",[w("data-table-td",[V("last-row",`
 border-bottom: 1px solid var(--n-merged-border-color);
 `)])]),w("data-table-table",`
 font-variant-numeric: tabular-nums;
 width: 100%;
 word-break: break-word;
 transition: background-color .3s var(--n-bezier);
 border-collapse: separate;
 border-spacing: 0;
 background-color: var(--n-merged-td-color);
 `),w("data-table-base-table-header",`
 border-top-left-radius: calc(var(--n-border-radius) - 1px);
 border-top-right-radius: calc(var(--n-border-radius) - 1px);
 z-index: 3;
 overflow: scroll;
 flex-shrink: 0;
 transition: border-color .3s var(--n-bezier);
 scrollbar-width: none;
 `,[ee("&::-webkit-scrollbar, &::-webkit-scrollbar-track-piece, &::-webkit-scrollbar-thumb",`
 display: none;
 width: 0;
 height: 0;
 `)]),w("data-table-check-extra",`
 transition: color .3s var(--n-bezier);
 color: var(--n-th-icon-color);
 position: absolute;
 font-size: 14px;
 right: -4px;
 top: 50%;
 transform: translateY(-50%);
 z-index: 1;
 `)]),w("data-table-filter-menu",[w("scrollbar",`
 max-height: 240px;
 `),Qe("group",`
 display: flex;
 flex-direction: column;
 padding: 12px 12px 0 12px;
 `,[w("checkbox",`
 margin-bottom: 12px;
 margin-right: 0;
 `),w("radio",`
 margin-bottom: 12px;
 margin-right: 0;
 `)]),Qe("action",`
 padding: var(--n-action-padding);
 display: flex;
 flex-wrap: nowrap;
 justify-content: space-evenly;
 border-top: 1px solid var(--n-action-divider-color);
 `,[w("button",[ee("&:not(:last-child)",`
 margin: var(--n-action-button-margin);
 `),ee("&:last-child",`
 margin-right: 0;
 `)])]),w("divider",`
 margin: 0 !important;
 `)]),Sa(w("data-table",`
 --n-merged-th-color: var(--n-th-color-modal);
 --n-merged-td-color: var(--n-td-color-modal);
 --n-merged-border-color: var(--n-border-color-modal);
 --n-merged-th-color-hover: var(--n-th-color-hover-modal);
 --n-merged-td-color-hover: var(--n-td-color-hover-modal);
 --n-merged-th-color-sorting: var(--n-th-color-hover-modal);
 --n-merged-td-color-sorting: var(--n-td-color-hover-modal);
 --n-merged-td-color-striped: var(--n-td-color-striped-modal);
 `)),Pa(w("data-table",`
 --n-merged-th-color: var(--n-th-color-popover);
 --n-merged-td-color: var(--n-td-color-popover);
 --n-merged-border-color: var(--n-border-color-popover);
 --n-merged-th-color-hover: var(--n-th-color-hover-popover);
 --n-merged-td-color-hover: var(--n-td-color-hover-popover);
 --n-merged-th-color-sorting: var(--n-th-color-hover-popover);
 --n-merged-td-color-sorting: var(--n-td-color-hover-popover);
 --n-merged-td-color-striped: var(--n-td-color-striped-popover);
 `))]);function Hn(){return[V("fixed-left",`
 left: 0;
 position: sticky;
 z-index: 2;
 `,[ee("&::after",`
 pointer-events: none;
 content: "";
 width: 36px;
 display: inline-block;
 position: absolute;
 top: 0;
 bottom: -1px;
 transition: box-shadow .2s var(--n-bezier);
 right: -36px;
 `)]),V("fixed-right",`
 right: 0;
 position: sticky;
 z-index: 1;
 `,[ee("&::before",`
 pointer-events: none;
 content: "";
 width: 36px;
 display: inline-block;
 position: absolute;
 top: 0;
 bottom: -1px;
 transition: box-shadow .2s var(--n-bezier);
 left: -36px;
 `)])]}function Vn(e,r){const{paginatedDataRef:t,treeMateRef:a,selectionColumnRef:o}=r,s=W(e.defaultCheckedRowKeys),h=g(()=>{const{checkedRowKeys:L}=e,K=L===void 0?s.value:L;return o.value?.multiple===!1?{checkedKeys:K.slice(0,1),indeterminateKeys:[]}:a.value.getCheckedKeys(K,{cascade:e.cascade,allowNotLoaded:e.allowCheckingNotLoaded})}),p=g(()=>h.value.checkedKeys),m=g(()=>h.value.indeterminateKeys),d=g(()=>new Set(p.value)),v=g(()=>new Set(m.value)),y=g(()=>{const{value:L}=d;return t.value.reduce((K,q)=>{const{key:X,disabled:Q}=q;return K+(!Q&&L.has(X)?1:0)},0)}),T=g(()=>t.value.filter(L=>L.disabled).length),u=g(()=>{const{length:L}=t.value,{value:K}=v;return y.value>0&&y.value<L-T.value||t.value.some(q=>K.has(q.key))}),l=g(()=>{const{length:L}=t.value;return y.value!==0&&y.value===L-T.value}),f=g(()=>t.value.length===0);function i(L,K,q){const{"onUpdate:checkedRowKeys":X,onUpdateCheckedRowKeys:Q,onCheckedRowKeysChange:te}=e,oe=[],{value:{getNode:F}}=a;L.forEach(ce=>{const S=F(ce)?.rawNode;oe.push(S)}),X&&Z(X,L,oe,{row:K,action:q}),Q&&Z(Q,L,oe,{row:K,action:q}),te&&Z(te,L,oe,{row:K,action:q}),s.value=L}function R(L,K=!1,q){if(!e.loading){if(K){i(Array.isArray(L)?L.slice(0,1):[L],q,"check");return}i(a.value.check(L,p.value,{cascade:e.cascade,allowNotLoaded:e.allowCheckingNotLoaded}).checkedKeys,q,"check")}}function B(L,K){e.loading||i(a.value.uncheck(L,p.value,{cascade:e.cascade,allowNotLoaded:e.allowCheckingNotLoaded}).checkedKeys,K,"uncheck")}function M(L=!1){const{value:K}=o;if(!K||e.loading)return;const q=[];(L?a.value.treeNodes:t.value).forEach(X=>{X.disabled||q.push(X.key)}),i(a.value.check(q,p.value,{cascade:!0,allowNotLoaded:e.allowCheckingNotLoaded}).checkedKeys,void 0,"checkAll")}function H(L=!1){const{value:K}=o;if(!K||e.loading)return;const q=[];(L?a.value.treeNodes:t.value).forEach(X=>{X.disabled||q.push(X.key)}),i(a.value.uncheck(q,p.value,{cascade:!0,allowNotLoaded:e.allowCheckingNotLoaded}).checkedKeys,void 0,"uncheckAll")}return{mergedCheckedRowKeySetRef:d,mergedCheckedRowKeysRef:p,mergedInderminateRowKeySetRef:v,someRowsCheckedRef:u,allRowsCheckedRef:l,headerCheckboxDisabledRef:f,doUpdateCheckedRowKeys:i,doCheckAll:M,doUncheckAll:H,doCheck:R,doUncheck:B}}function jn(e,r){const t=st(()=>{for(const d of e.columns)if(d.type==="expand")return d.renderExpand}),a=st(()=>{let d;for(const v of e.columns)if(v.type==="expand"){d=v.expandable;break}return d}),o=W(e.defaultExpandAll?t?.value?(()=>{const d=[];return r.value.treeNodes.forEach(v=>{a.value?.(v.rawNode)&&d.push(v.key)}),d})():r.value.getNonLeafKeys():e.defaultExpandedRowKeys),s=ie(e,"expandedRowKeys"),h=ie(e,"stickyExpandedRows"),p=ht(s,o);function m(d){const{onUpdateExpandedRowKeys:v,"onUpdate:expandedRowKeys":y}=e;v&&Z(v,d),y&&Z(y,d),o.value=d}return{stickyExpandedRowsRef:h,mergedExpandedRowKeysRef:p,renderExpandRef:t,expandableRef:a,doUpdateExpandedRowKeys:m}}function Wn(e,r){const t=[],a=[],o=[],s=new WeakMap;let h=-1,p=0,m=!1,d=0;function v(T,u){u>h&&(t[u]=[],h=u),T.forEach(l=>{if("children"in l)v(l.children,u+1);else{const f="key"in l?l.key:void 0;a.push({key:Ke(l),style:an(l,f!==void 0?Ue(r(f)):void 0),column:l,index:d++,width:l.width===void 0?128:Number(l.width)}),p+=1,m||(m=!!l.ellipsis),o.push(l)}})}v(e,0),d=0;function y(T,u){let l=0;T.forEach(f=>{if("children"in f){const i=d,R={column:f,colIndex:d,colSpan:0,rowSpan:1,isLast:!1};y(f.children,u+1),f.children.forEach(B=>{R.colSpan+=s.get(B)?.colSpan??0}),i+R.colSpan===p&&(R.isLast=!0),s.set(f,R),t[u].push(R)}else{if(d<l){d+=1;return}let i=1;"titleColSpan"in f&&(i=f.titleColSpan??1),i>1&&(l=d+i);const R=d+i===p,B={column:f,colSpan:i,colIndex:d,rowSpan:h-u+1,isLast:R};s.set(f,B),t[u].push(B),d+=1}})}return y(e,0),{hasEllipsis:m,rows:t,cols:a,dataRelatedCols:o}}function qn(e,r){const t=g(()=>Wn(e.columns,r));return{rowsRef:g(()=>t.value.rows),colsRef:g(()=>t.value.cols),hasEllipsisRef:g(()=>t.value.hasEllipsis),dataRelatedColsRef:g(()=>t.value.dataRelatedCols)}}function Xn(){const e=W({});function r(o){return e.value[o]}function t(o,s){Cr(o)&&"key"in o&&(e.value[o.key]=s)}function a(){e.value={}}return{getResizableWidth:r,doUpdateResizableWidth:t,clearResizableWidth:a}}function Gn(e,{mainTableInstRef:r,mergedCurrentPageRef:t,bodyWidthRef:a,maxHeightRef:o,mergedTableLayoutRef:s,mergedEmptyRef:h}){const p=g(()=>e.scrollX!==void 0||o.value!==void 0||e.flexHeight),m=g(()=>{const S=!p.value&&s.value==="auto";return e.scrollX!==void 0||S});let d=0;const v=W(),y=W(null),T=W([]),u=W(null),l=W([]),f=g(()=>Ue(e.scrollX)),i=g(()=>e.columns.filter(S=>S.fixed==="left")),R=g(()=>e.columns.filter(S=>S.fixed==="right")),B=g(()=>{const S={};let C=0;function A(O){O.forEach(_=>{const J={start:C,end:0};S[Ke(_)]=J,"children"in _?(A(_.children),J.end=C):(C+=Qt(_)||0,J.end=C)})}return A(i.value),S}),M=g(()=>{const S={};let C=0;function A(O){for(let _=O.length-1;_>=0;--_){const J=O[_],le={start:C,end:0};S[Ke(J)]=le,"children"in J?(A(J.children),le.end=C):(C+=Qt(J)||0,le.end=C)}}return A(R.value),S});function H(){const{value:S}=i;let C=0;const{value:A}=B;let O=null;for(let _=0;_<S.length;++_){const J=Ke(S[_]);if(d>(A[J]?.start||0)-C)O=J,C=A[J]?.end||0;else break}y.value=O}function L(){T.value=[];let S=e.columns.find(C=>Ke(C)===y.value);for(;S&&"children"in S;){const C=S.children.length;if(C===0)break;const A=S.children[C-1];T.value.push(Ke(A)),S=A}}function K(){const{value:S}=R,C=Number(e.scrollX),{value:A}=a;if(A===null)return;let O=0,_=null;const{value:J}=M;for(let le=S.length-1;le>=0;--le){const de=Ke(S[le]);if(Math.round(d+(J[de]?.start||0)+A-O)<C)_=de,O=J[de]?.end||0;else break}u.value=_}function q(){l.value=[];let S=e.columns.find(C=>Ke(C)===u.value);for(;S&&"children"in S&&S.children.length;){const C=S.children[0];l.value.push(Ke(C)),S=C}}function X(){return{header:r.value?r.value.getHeaderElement():null,body:r.value?r.value.getBodyElement():null}}function Q(){const{body:S}=X();S&&(S.scrollTop=0)}function te(){v.value!=="body"?Nt(F,"head"):v.value=void 0}function oe(S){e.onScroll?.(S),v.value!=="head"?Nt(F,"body"):v.value=void 0}function F(S){const{header:C,body:A}=X();if(!A)return;if(S==="layout")C&&(C.scrollLeft=d),A.scrollLeft=d;else if(C)if(S==="head")d=C.scrollLeft,A.scrollLeft=d,v.value="head";else if(S==="body")d=A.scrollLeft,C.scrollLeft=d,v.value="body";else{const _=d-C.scrollLeft;v.value=_!==0?"head":"body",v.value==="head"?(d=C.scrollLeft,A.scrollLeft=d):(d=A.scrollLeft,C.scrollLeft=d)}else S!=="head"&&(d=A.scrollLeft);const{value:O}=a;O!==null&&(H(),L(),K(),q())}function ce(S){const{header:C}=X();C&&(C.scrollLeft=S,d=S,F("head"))}return St(t,()=>{Q()}),St([()=>e.virtualScroll,h],()=>{vt(()=>{F("layout")})}),{styleScrollXRef:f,fixedColumnLeftMapRef:B,fixedColumnRightMapRef:M,leftFixedColumnsRef:i,rightFixedColumnsRef:R,leftActiveFixedColKeyRef:y,leftActiveFixedChildrenColKeysRef:T,rightActiveFixedColKeyRef:u,rightActiveFixedChildrenColKeysRef:l,syncScrollState:F,handleTableBodyScroll:oe,handleTableHeaderScroll:te,setHeaderScrollLeft:ce,explicitlyScrollableRef:p,xScrollableRef:m}}function mt(e){return typeof e=="object"&&typeof e.multiple=="number"?e.multiple:!1}function Jn(e,r){return r&&(e===void 0||e==="default"||typeof e=="object"&&e.compare==="default")?Zn(r):typeof e=="function"?e:e&&typeof e=="object"&&e.compare&&e.compare!=="default"?e.compare:!1}function Zn(e){return(r,t)=>{const a=r[e],o=t[e];return a==null?o==null?0:-1:o==null?1:typeof a=="number"&&typeof o=="number"?a-o:typeof a=="string"&&typeof o=="string"?a.localeCompare(o):0}}function Qn(e,{dataRelatedColsRef:r,filteredDataRef:t}){const a=[];r.value.forEach(u=>{u.sorter!==void 0&&T(a,{columnKey:u.key,sorter:u.sorter,order:u.defaultSortOrder??!1})});const o=W(a),s=g(()=>{const u=r.value.filter(i=>i.type!=="selection"&&i.sorter!==void 0&&(i.sortOrder==="ascend"||i.sortOrder==="descend"||i.sortOrder===!1)),l=u.filter(i=>i.sortOrder!==!1);if(l.length)return l.map(i=>({columnKey:i.key,order:i.sortOrder,sorter:i.sorter}));if(u.length)return[];const{value:f}=o;return Array.isArray(f)?f:f?[f]:[]}),h=g(()=>{const u=s.value.slice().sort((l,f)=>{const i=mt(l.sorter)||0;return(mt(f.sorter)||0)-i});return u.length?t.value.slice().sort((l,f)=>{let i=0;return u.some(R=>{const{columnKey:B,sorter:M,order:H}=R,L=Jn(M,B);return L&&H&&(i=L(l.rawNode,f.rawNode),i!==0)?(i=i*tn(H),!0):!1}),i}):t.value});function p(u){let l=s.value.slice();return u&&mt(u.sorter)!==!1?(l=l.filter(f=>mt(f.sorter)!==!1),T(l,u),l):u||null}function m(u){d(p(u))}function d(u){const{"onUpdate:sorter":l,onUpdateSorter:f,onSorterChange:i}=e;l&&Z(l,u),f&&Z(f,u),i&&Z(i,u),o.value=u}function v(u,l="ascend"){if(!u)y();else{const f=r.value.find(R=>R.type!=="selection"&&R.type!=="expand"&&R.key===u);if(!f?.sorter)return;const i=f.sorter;m({columnKey:u,sorter:i,order:l})}}function y(){d(null)}function T(u,l){const f=u.findIndex(i=>l?.columnKey&&i.columnKey===l.columnKey);f!==void 0&&f>=0?u[f]=l:u.push(l)}return{clearSorter:y,sort:v,sortedDataRef:h,mergedSortStateRef:s,deriveNextSorter:m}}function Yn(e,{dataRelatedColsRef:r}){const t=g(()=>{const c=k=>{for(let U=0;U<k.length;++U){const E=k[U];if("children"in E)return c(E.children);if(E.type==="selection")return E}return null};return c(e.columns)}),a=g(()=>{const{childrenKey:c}=e;return pr(e.data,{ignoreEmptyChildren:!0,getKey:e.rowKey,getChildren:k=>k[c],getDisabled:k=>!!t.value?.disabled?.(k)})}),o=st(()=>{const{columns:c}=e,{length:k}=c;let U=null;for(let E=0;E<k;++E){const ae=c[E];if(!ae.type&&U===null&&(U=E),"tree"in ae&&ae.tree)return E}return U||0}),s=W({}),{pagination:h}=e,p=W(h&&h.defaultPage||1),m=W(br(h)),d=g(()=>{const c=r.value.filter(U=>U.filterOptionValues!==void 0||U.filterOptionValue!==void 0),k={};return c.forEach(U=>{U.type==="selection"||U.type==="expand"||(U.filterOptionValues===void 0?k[U.key]=U.filterOptionValue??null:k[U.key]=U.filterOptionValues)}),Object.assign(Yt(s.value),k)}),v=g(()=>{const c=d.value,{columns:k}=e;function U(ue){return(pe,ve)=>!!~String(ve[ue]).indexOf(String(pe))}const{value:{treeNodes:E}}=a,ae=[];return k.forEach(ue=>{ue.type==="selection"||ue.type==="expand"||"children"in ue||ae.push([ue.key,ue])}),E?E.filter(ue=>{const{rawNode:pe}=ue;for(const[ve,b]of ae){let Y=c[ve];if(Y==null||(Array.isArray(Y)||(Y=[Y]),!Y.length))continue;const xe=b.filter==="default"?U(ve):b.filter;if(b&&typeof xe=="function")if(b.filterMode==="and"){if(Y.some(me=>!xe(me,pe)))return!1}else{if(Y.some(me=>xe(me,pe)))continue;return!1}}return!0}):[]}),{sortedDataRef:y,deriveNextSorter:T,mergedSortStateRef:u,sort:l,clearSorter:f}=Qn(e,{dataRelatedColsRef:r,filteredDataRef:v});r.value.forEach(c=>{if(c.filter){const k=c.defaultFilterOptionValues;c.filterMultiple?s.value[c.key]=k||[]:k!==void 0?s.value[c.key]=k===null?[]:k:s.value[c.key]=c.defaultFilterOptionValue??null}});const i=g(()=>{const{pagination:c}=e;if(c!==!1)return c.page}),R=g(()=>{const{pagination:c}=e;if(c!==!1)return c.pageSize}),B=ht(i,p),M=ht(R,m),H=st(()=>{const c=B.value;return e.remote?c:Math.max(1,Math.min(Math.ceil(v.value.length/M.value),c))}),L=g(()=>{const{pagination:c}=e;if(c){const{pageCount:k}=c;if(k!==void 0)return k}}),K=g(()=>{if(e.remote)return a.value.treeNodes;if(!e.pagination)return y.value;const c=M.value,k=(H.value-1)*c;return y.value.slice(k,k+c)}),q=g(()=>K.value.map(c=>c.rawNode)),X=g(()=>y.value.map(c=>c.rawNode));function Q(c){const{pagination:k}=e;if(k){const{onChange:U,"onUpdate:page":E,onUpdatePage:ae}=k;U&&Z(U,c),ae&&Z(ae,c),E&&Z(E,c),ce(c)}}function te(c){const{pagination:k}=e;if(k){const{onPageSizeChange:U,"onUpdate:pageSize":E,onUpdatePageSize:ae}=k;U&&Z(U,c),ae&&Z(ae,c),E&&Z(E,c),S(c)}}const oe=g(()=>{if(e.remote){const{pagination:c}=e;if(c){const{itemCount:k}=c;if(k!==void 0)return k}return}return v.value.length}),F=g(()=>({...e.pagination,onChange:void 0,onUpdatePage:void 0,onUpdatePageSize:void 0,onPageSizeChange:void 0,"onUpdate:page":Q,"onUpdate:pageSize":te,page:H.value,pageSize:M.value,pageCount:oe.value===void 0?L.value:void 0,itemCount:oe.value}));function ce(c){const{"onUpdate:page":k,onPageChange:U,onUpdatePage:E}=e;E&&Z(E,c),k&&Z(k,c),U&&Z(U,c),p.value=c}function S(c){const{"onUpdate:pageSize":k,onPageSizeChange:U,onUpdatePageSize:E}=e;U&&Z(U,c),E&&Z(E,c),k&&Z(k,c),m.value=c}function C(c,k){const{onUpdateFilters:U,"onUpdate:filters":E,onFiltersChange:ae}=e;U&&Z(U,c,k),E&&Z(E,c,k),ae&&Z(ae,c,k),s.value=c}function A(c,k,U,E){e.onUnstableColumnResize?.(c,k,U,E)}function O(c){ce(c)}function _(){J()}function J(){le({})}function le(c){de(c)}function de(c){c?c&&(s.value=Yt(c)):s.value={}}return{treeMateRef:a,mergedCurrentPageRef:H,mergedPaginationRef:F,paginatedDataRef:K,rawPaginatedDataRef:q,rawSortedDataRef:X,mergedFilterStateRef:d,mergedSortStateRef:u,hoverKeyRef:W(null),selectionColumnRef:t,childTriggerColIndexRef:o,doUpdateFilters:C,deriveNextSorter:T,doUpdatePageSize:S,doUpdatePage:ce,onUnstableColumnResize:A,filter:de,filters:le,clearFilter:_,clearFilters:J,clearSorter:f,page:O,sort:l}}var io=fe({name:"DataTable",alias:["AdvancedTable"],props:Za,slots:Object,setup(e,{slots:r}){const{mergedBorderedRef:t,mergedClsPrefixRef:a,inlineThemeDisabled:o,mergedRtlRef:s,mergedComponentPropsRef:h}=ot(e),p=Tt("DataTable",s,a),m=g(()=>e.size||h?.value?.DataTable?.size||"medium"),d=g(()=>{const{bottomBordered:ne}=e;return t.value?!1:ne!==void 0?ne:!0}),v=Je("DataTable","-data-table",Dn,za,e,a),y=W(null),T=W(null),{getResizableWidth:u,clearResizableWidth:l,doUpdateResizableWidth:f}=Xn(),{rowsRef:i,colsRef:R,dataRelatedColsRef:B,hasEllipsisRef:M}=qn(e,u),{treeMateRef:H,mergedCurrentPageRef:L,paginatedDataRef:K,rawPaginatedDataRef:q,rawSortedDataRef:X,selectionColumnRef:Q,hoverKeyRef:te,mergedPaginationRef:oe,mergedFilterStateRef:F,mergedSortStateRef:ce,childTriggerColIndexRef:S,doUpdatePage:C,doUpdateFilters:A,onUnstableColumnResize:O,deriveNextSorter:_,filter:J,filters:le,clearFilter:de,clearFilters:c,clearSorter:k,page:U,sort:E}=Yn(e,{dataRelatedColsRef:B}),ae=g(()=>K.value.length===0),ue=ne=>{const{fileName:ge="data.csv",keepOriginalData:$e=!1}=ne||{},He=$e?e.data:q.value,Ze=sn(e.columns,He,e.getCsvCell,e.getCsvHeader),nt=new Blob([Ze],{type:"text/csv;charset=utf-8"}),Ve=URL.createObjectURL(nt);Ia(Ve,ge.endsWith(".csv")?ge:`${ge}.csv`),URL.revokeObjectURL(Ve)},{doCheckAll:pe,doUncheckAll:ve,doCheck:b,doUncheck:Y,headerCheckboxDisabledRef:xe,someRowsCheckedRef:me,allRowsCheckedRef:Me,mergedCheckedRowKeySetRef:Oe,mergedInderminateRowKeySetRef:I}=Vn(e,{selectionColumnRef:Q,treeMateRef:H,paginatedDataRef:K}),{stickyExpandedRowsRef:re,mergedExpandedRowKeysRef:ke,renderExpandRef:be,expandableRef:Ie,doUpdateExpandedRowKeys:Ye}=jn(e,H),We=ie(e,"maxHeight"),Se=g(()=>e.virtualScroll||e.flexHeight||e.maxHeight!==void 0||M.value?"fixed":e.tableLayout),{handleTableBodyScroll:Pe,handleTableHeaderScroll:et,syncScrollState:tt,setHeaderScrollLeft:Ee,leftActiveFixedColKeyRef:Ce,leftActiveFixedChildrenColKeysRef:qe,rightActiveFixedColKeyRef:De,rightActiveFixedChildrenColKeysRef:rt,leftFixedColumnsRef:at,rightFixedColumnsRef:Xe,fixedColumnLeftMapRef:Ge,fixedColumnRightMapRef:z,xScrollableRef:N,explicitlyScrollableRef:j}=Gn(e,{bodyWidthRef:y,mainTableInstRef:T,mergedCurrentPageRef:L,maxHeightRef:We,mergedTableLayoutRef:Se,mergedEmptyRef:ae}),{localeRef:G}=dr("DataTable");sr(Ne,{xScrollableRef:N,explicitlyScrollableRef:j,props:e,treeMateRef:H,renderExpandIconRef:ie(e,"renderExpandIcon"),loadingKeySetRef:W(new Set),slots:r,indentRef:ie(e,"indent"),childTriggerColIndexRef:S,bodyWidthRef:y,componentId:Ma(),hoverKeyRef:te,mergedClsPrefixRef:a,mergedThemeRef:v,scrollXRef:g(()=>e.scrollX),rowsRef:i,colsRef:R,paginatedDataRef:K,leftActiveFixedColKeyRef:Ce,leftActiveFixedChildrenColKeysRef:qe,rightActiveFixedColKeyRef:De,rightActiveFixedChildrenColKeysRef:rt,leftFixedColumnsRef:at,rightFixedColumnsRef:Xe,fixedColumnLeftMapRef:Ge,fixedColumnRightMapRef:z,mergedCurrentPageRef:L,someRowsCheckedRef:me,allRowsCheckedRef:Me,mergedSortStateRef:ce,mergedFilterStateRef:F,loadingRef:ie(e,"loading"),rowClassNameRef:ie(e,"rowClassName"),mergedCheckedRowKeySetRef:Oe,mergedExpandedRowKeysRef:ke,mergedInderminateRowKeySetRef:I,localeRef:G,expandableRef:Ie,stickyExpandedRowsRef:re,rowKeyRef:ie(e,"rowKey"),renderExpandRef:be,summaryRef:ie(e,"summary"),virtualScrollRef:ie(e,"virtualScroll"),virtualScrollXRef:ie(e,"virtualScrollX"),heightForRowRef:ie(e,"heightForRow"),minRowHeightRef:ie(e,"minRowHeight"),virtualScrollHeaderRef:ie(e,"virtualScrollHeader"),headerHeightRef:ie(e,"headerHeight"),rowPropsRef:ie(e,"rowProps"),stripedRef:ie(e,"striped"),checkOptionsRef:g(()=>{const{value:ne}=Q;return ne?.options}),rawPaginatedDataRef:q,filterMenuCssVarsRef:g(()=>{const{self:{actionDividerColor:ne,actionPadding:ge,actionButtonMargin:$e}}=v.value;return{"--n-action-padding":ge,"--n-action-button-margin":$e,"--n-action-divider-color":ne}}),onLoadRef:ie(e,"onLoad"),mergedTableLayoutRef:Se,maxHeightRef:We,minHeightRef:ie(e,"minHeight"),flexHeightRef:ie(e,"flexHeight"),headerCheckboxDisabledRef:xe,paginationBehaviorOnFilterRef:ie(e,"paginationBehaviorOnFilter"),summaryPlacementRef:ie(e,"summaryPlacement"),filterIconPopoverPropsRef:ie(e,"filterIconPopoverProps"),scrollbarPropsRef:ie(e,"scrollbarProps"),syncScrollState:tt,doUpdatePage:C,doUpdateFilters:A,getResizableWidth:u,onUnstableColumnResize:O,clearResizableWidth:l,doUpdateResizableWidth:f,deriveNextSorter:_,doCheck:b,doUncheck:Y,doCheckAll:pe,doUncheckAll:ve,doUpdateExpandedRowKeys:Ye,handleTableHeaderScroll:et,handleTableBodyScroll:Pe,setHeaderScrollLeft:Ee,renderCell:ie(e,"renderCell")});const we={filter:J,filters:le,clearFilters:c,clearSorter:k,page:U,sort:E,clearFilter:de,downloadCsv:ue,scrollTo:(ne,ge)=>{T.value?.scrollTo(ne,ge)},getFilteredAndSortedData:()=>X.value,getCurrentPageData:()=>q.value},Be=g(()=>{const ne=m.value,{common:{cubicBezierEaseInOut:ge},self:{borderColor:$e,tdColorHover:He,tdColorSorting:Ze,tdColorSortingModal:nt,tdColorSortingPopover:Ve,thColorSorting:it,thColorSortingModal:dt,thColorSortingPopover:Fe,thColor:_e,thColorHover:xt,tdColor:Pr,tdTextColor:Fr,thTextColor:zr,thFontWeight:Mr,thButtonColorHover:Tr,thIconColor:Br,thIconColorActive:$r,filterSize:_r,borderRadius:Er,lineHeight:Or,tdColorModal:Ar,thColorModal:Ur,borderColorModal:Lr,thColorHoverModal:Ir,tdColorHoverModal:Kr,borderColorPopover:Nr,thColorPopover:Dr,tdColorPopover:Hr,tdColorHoverPopover:Vr,thColorHoverPopover:jr,paginationMargin:Wr,emptyPadding:qr,boxShadowAfter:Xr,boxShadowBefore:Gr,sorterSize:Jr,resizableContainerSize:Zr,resizableSize:Qr,loadingColor:Yr,loadingSize:ea,opacityLoading:ta,tdColorStriped:ra,tdColorStripedModal:aa,tdColorStripedPopover:na,[Re("fontSize",ne)]:oa,[Re("thPadding",ne)]:la,[Re("tdPadding",ne)]:ia}}=v.value;return{"--n-font-size":oa,"--n-th-padding":la,"--n-td-padding":ia,"--n-bezier":ge,"--n-border-radius":Er,"--n-line-height":Or,"--n-border-color":$e,"--n-border-color-modal":Lr,"--n-border-color-popover":Nr,"--n-th-color":_e,"--n-th-color-hover":xt,"--n-th-color-modal":Ur,"--n-th-color-hover-modal":Ir,"--n-th-color-popover":Dr,"--n-th-color-hover-popover":jr,"--n-td-color":Pr,"--n-td-color-hover":He,"--n-td-color-modal":Ar,"--n-td-color-hover-modal":Kr,"--n-td-color-popover":Hr,"--n-td-color-hover-popover":Vr,"--n-th-text-color":zr,"--n-td-text-color":Fr,"--n-th-font-weight":Mr,"--n-th-button-color-hover":Tr,"--n-th-icon-color":Br,"--n-th-icon-color-active":$r,"--n-filter-size":_r,"--n-pagination-margin":Wr,"--n-empty-padding":qr,"--n-box-shadow-before":Gr,"--n-box-shadow-after":Xr,"--n-sorter-size":Jr,"--n-resizable-container-size":Zr,"--n-resizable-size":Qr,"--n-loading-size":ea,"--n-loading-color":Yr,"--n-opacity-loading":ta,"--n-td-color-striped":ra,"--n-td-color-striped-modal":aa,"--n-td-color-striped-popover":na,"--n-td-color-sorting":Ze,"--n-td-color-sorting-modal":nt,"--n-td-color-sorting-popover":Ve,"--n-th-color-sorting":it,"--n-th-color-sorting-modal":dt,"--n-th-color-sorting-popover":Fe}}),Te=o?zt("data-table",g(()=>m.value[0]),Be,e):void 0;return{mainTableInstRef:T,mergedClsPrefix:a,rtlEnabled:p,mergedTheme:v,paginatedData:K,mergedBordered:t,mergedBottomBordered:d,mergedPagination:oe,mergedShowPagination:g(()=>{if(!e.pagination)return!1;if(e.paginateSinglePage)return!0;const ne=oe.value,{pageCount:ge}=ne;return ge!==void 0?ge>1:ne.itemCount&&ne.pageSize&&ne.itemCount>ne.pageSize}),cssVars:o?void 0:Be,themeClass:Te?.themeClass,onRender:Te?.onRender,mergedEmpty:ae,...we}},render(){const{mergedClsPrefix:e,themeClass:r,onRender:t,$slots:a,spinProps:o}=this;return t?.(),n(),P("div",{class:D([`${e}-data-table`,this.rtlEnabled&&`${e}-data-table--rtl`,r,{[`${e}-data-table--bordered`]:this.mergedBordered,[`${e}-data-table--bottom-bordered`]:this.mergedBottomBordered,[`${e}-data-table--single-line`]:this.singleLine,[`${e}-data-table--single-column`]:this.singleColumn,[`${e}-data-table--loading`]:this.loading,[`${e}-data-table--flex-height`]:this.flexHeight,[`${e}-data-table--empty`]:this.mergedEmpty}]),style:ze(this.cssVars)},[se("div",{class:D(`${e}-data-table-wrapper`)},[yt(Nn,{ref:"mainTableInstRef"},null,512)],2),this.mergedShowPagination?(n(),P("div",{key:0,class:D(`${e}-data-table__pagination`)},[(n(),x(Ja,ye({theme:this.mergedTheme.peers.Pagination,themeOverrides:this.mergedTheme.peerOverrides.Pagination,disabled:this.loading},this.mergedPagination),null,16,["theme","themeOverrides","disabled"]))],2)):$(()=>null),yt(Fa,{name:"fade-in-scale-up-transition"},{default:()=>this.loading?(n(),P("div",{key:1,class:D(`${e}-data-table-loading-wrapper`)},[$(()=>Mt(a.loading,()=>[(n(),x(hr,ye({clsPrefix:e,strokeWidth:20},o),null,16,["clsPrefix"]))]))],2)):null},1024)],6)}});export{io as D};
