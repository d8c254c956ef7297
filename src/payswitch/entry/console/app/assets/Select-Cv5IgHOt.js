import{d as ve,bW as Tt,a as de,a_ as V,b1 as W,a$ as he,b3 as xe,o as h,c as k,aS as M,F as se,aR as T,b as Y,aZ as Ut,H as We,b7 as qe,cW as On,bv as Gt,bc as Xe,f as $,bf as le,bX as _e,r as E,bj as it,aT as zt,ac as we,aV as ze,b6 as Bt,aN as qt,aO as Xt,m as Ze,cX as Mn,cz as Bn,bq as St,bV as Ue,cI as _n,aP as lt,bk as ae,q as Ft,z as En,bu as $n,cY as An,bQ as ne,b0 as ie,b2 as Be,b5 as at,aX as Ln,b8 as It,cZ as _t,bl as me,bg as Ne,aQ as Nn,S as Ee,c_ as bt,aE as Zt,aW as Le,c$ as Ot,cu as pt,bN as Yt,bC as Qt,ck as Wn,bL as Dn,d0 as Kn,bT as Hn,d1 as Vn,d2 as jn,d3 as Un,ax as Gn,d4 as qn,w as Xn,bG as Rt,l as Zn,c0 as Te,bO as Yn,d5 as Qn,ba as Et,bw as Jn,bH as eo,co as to,cn as no,bd as oo,bK as ro,aj as lo,ak as io,cl as $t,bM as ao}from"./index-B-L-dhRz.js";import{h as Ge}from"./happens-in-CM8LO42l.js";var so=ve({name:"Empty",render(){return(()=>{const e=Tt("15c1a247ae156450");return e[0]||(e[0]=de("svg",{viewBox:"0 0 28 28",fill:"none",xmlns:"http://www.w3.org/2000/svg"},[de("path",{d:"M26 7.5C26 11.0899 23.0899 14 19.5 14C15.9101 14 13 11.0899 13 7.5C13 3.91015 15.9101 1 19.5 1C23.0899 1 26 3.91015 26 7.5ZM16.8536 4.14645C16.6583 3.95118 16.3417 3.95118 16.1464 4.14645C15.9512 4.34171 15.9512 4.65829 16.1464 4.85355L18.7929 7.5L16.1464 10.1464C15.9512 10.3417 15.9512 10.6583 16.1464 10.8536C16.3417 11.0488 16.6583 11.0488 16.8536 10.8536L19.5 8.20711L22.1464 10.8536C22.3417 11.0488 22.6583 11.0488 22.8536 10.8536C23.0488 10.6583 23.0488 10.3417 22.8536 10.1464L20.2071 7.5L22.8536 4.85355C23.0488 4.65829 23.0488 4.34171 22.8536 4.14645C22.6583 3.95118 22.3417 3.95118 22.1464 4.14645L19.5 6.79289L16.8536 4.14645Z",fill:"currentColor"}),de("path",{d:"M25 22.75V12.5991C24.5572 13.0765 24.053 13.4961 23.5 13.8454V16H17.5L17.3982 16.0068C17.0322 16.0565 16.75 16.3703 16.75 16.75C16.75 18.2688 15.5188 19.5 14 19.5C12.4812 19.5 11.25 18.2688 11.25 16.75L11.2432 16.6482C11.1935 16.2822 10.8797 16 10.5 16H4.5V7.25C4.5 6.2835 5.2835 5.5 6.25 5.5H12.2696C12.4146 4.97463 12.6153 4.47237 12.865 4H6.25C4.45507 4 3 5.45507 3 7.25V22.75C3 24.5449 4.45507 26 6.25 26H21.75C23.5449 26 25 24.5449 25 22.75ZM4.5 22.75V17.5H9.81597L9.85751 17.7041C10.2905 19.5919 11.9808 21 14 21L14.215 20.9947C16.2095 20.8953 17.842 19.4209 18.184 17.5H23.5V22.75C23.5 23.7165 22.7165 24.5 21.75 24.5H6.25C5.2835 24.5 4.5 23.7165 4.5 22.75Z",fill:"currentColor"})],-1))})()}}),co=V("empty",`
 display: flex;
 flex-direction: column;
 align-items: center;
 font-size: var(--n-font-size);
`,[W("icon",`
 width: var(--n-icon-size);
 height: var(--n-icon-size);
 font-size: var(--n-icon-size);
 line-height: var(--n-icon-size);
 color: var(--n-icon-color);
 transition:
 color .3s var(--n-bezier);
 `,[he("+",[W("description",`
 margin-top: 8px;
 `)])]),W("description",`
 transition: color .3s var(--n-bezier);
 color: var(--n-text-color);
 `),W("extra",`
 text-align: center;
 transition: color .3s var(--n-bezier);
 margin-top: 12px;
 color: var(--n-extra-text-color);
 `)]);const uo={...xe.props,description:String,showDescription:{type:Boolean,default:!0},showIcon:{type:Boolean,default:!0},size:{type:String,default:"medium"},renderIcon:Function};var fo=ve({name:"Empty",props:uo,slots:Object,setup(e){const{mergedClsPrefixRef:t,inlineThemeDisabled:n,mergedComponentPropsRef:r}=qe(e),o=xe("Empty","-empty",co,On,e,t),{localeRef:a}=Gt("Empty"),i=$(()=>e.description??r?.value?.Empty?.description),l=$(()=>r?.value?.Empty?.renderIcon||(()=>(h(),Y(so)))),d=$(()=>{const{size:g}=e,{common:{cubicBezierEaseInOut:u},self:{[le("iconSize",g)]:z,[le("fontSize",g)]:P,textColor:w,iconColor:y,extraTextColor:O}}=o.value;return{"--n-icon-size":z,"--n-font-size":P,"--n-bezier":u,"--n-text-color":w,"--n-icon-color":y,"--n-extra-text-color":O}}),s=n?Xe("empty",$(()=>{let g="";const{size:u}=e;return g+=u[0],g}),d,e):void 0;return{mergedClsPrefix:t,mergedRenderIcon:l,localizedDescription:$(()=>i.value||a.value.description),cssVars:n?void 0:d,themeClass:s?.themeClass,onRender:s?.onRender}},render(){const{$slots:e,mergedClsPrefix:t,onRender:n}=this;return n?.(),h(),k("div",{class:M([`${t}-empty`,this.themeClass]),style:We(this.cssVars)},[this.showIcon?(h(),k("div",{key:0,class:M(`${t}-empty__icon`)},[e.icon?(h(),k(se,{key:0},[T(()=>e.icon())],64)):(h(),Y(Ut,{key:1,clsPrefix:t},{default:this.mergedRenderIcon},1032,["clsPrefix"]))],2)):T(()=>null),this.showDescription?(h(),k("div",{key:2,class:M(`${t}-empty__description`)},[e.default?(h(),k(se,{key:0},[T(()=>e.default())],64)):(h(),k(se,{key:1},[T(()=>this.localizedDescription)],64))],2)):T(()=>null),e.extra?(h(),k("div",{key:4,class:M(`${t}-empty__extra`)},[T(()=>e.extra())],2)):T(()=>null)],6)}});function At(e){return e&-e}class Jt{constructor(t,n){this.l=t,this.min=n;const r=new Array(t+1);for(let o=0;o<t+1;++o)r[o]=0;this.ft=r}add(t,n){if(n===0)return;const{l:r,ft:o}=this;for(t+=1;t<=r;)o[t]+=n,t+=At(t)}get(t){return this.sum(t+1)-this.sum(t)}sum(t){if(t===void 0&&(t=this.l),t<=0)return 0;const{ft:n,min:r,l:o}=this;if(t>o)throw new Error("[FinweckTree.sum]: `i` is larger than length.");let a=t*r;for(;t>0;)a+=n[t],t-=At(t);return a}getBound(t){let n=0,r=this.l;for(;r>n;){const o=Math.floor((n+r)/2),a=this.sum(o);if(a>t){r=o;continue}else if(a<t){if(n===o)return this.sum(n+1)<=t?n+1:o;n=o}else return o}return n}}let rt;function ho(){return typeof document>"u"?!1:(rt===void 0&&("matchMedia"in window?rt=window.matchMedia("(pointer:coarse)").matches:rt=!1),rt)}let mt;function Lt(){return typeof document>"u"?1:(mt===void 0&&(mt="chrome"in window?window.devicePixelRatio:1),mt)}const en="VVirtualListXScroll";function go({columnsRef:e,renderColRef:t,renderItemWithColsRef:n}){const r=E(0),o=E(0),a=$(()=>{const s=e.value;if(s.length===0)return null;const g=new Jt(s.length,0);return s.forEach((u,z)=>{g.add(z,u.width)}),g}),i=_e(()=>{const s=a.value;return s!==null?Math.max(s.getBound(o.value)-1,0):0}),l=s=>{const g=a.value;return g!==null?g.sum(s):0},d=_e(()=>{const s=a.value;return s!==null?Math.min(s.getBound(o.value+r.value)+1,e.value.length-1):0});return it(en,{startIndexRef:i,endIndexRef:d,columnsRef:e,renderColRef:t,renderItemWithColsRef:n,getLeft:l}),{listWidthRef:r,scrollLeftRef:o}}const Nt=ve({name:"VirtualListRow",props:{index:{type:Number,required:!0},item:{type:Object,required:!0}},setup(){const{startIndexRef:e,endIndexRef:t,columnsRef:n,getLeft:r,renderColRef:o,renderItemWithColsRef:a}=zt(en);return{startIndex:e,endIndex:t,columns:n,renderCol:o,renderItemWithCols:a,getLeft:r}},render(){const{startIndex:e,endIndex:t,columns:n,renderCol:r,renderItemWithCols:o,getLeft:a,item:i}=this;if(o!=null)return o({itemIndex:this.index,startColIndex:e,endColIndex:t,allColumns:n,item:i,getLeft:a});if(r!=null){const l=[];for(let d=e;d<=t;++d){const s=n[d];l.push(r({column:s,left:a(d),item:i}))}return l}return null}}),vo=lt(".v-vl",{maxHeight:"inherit",height:"100%",overflow:"auto",minWidth:"1px"},[lt("&:not(.v-vl--show-scrollbar)",{scrollbarWidth:"none"},[lt("&::-webkit-scrollbar, &::-webkit-scrollbar-track-piece, &::-webkit-scrollbar-thumb",{width:0,height:0,display:"none"})])]),bo=ve({name:"VirtualList",inheritAttrs:!1,props:{showScrollbar:{type:Boolean,default:!0},columns:{type:Array,default:()=>[]},renderCol:Function,renderItemWithCols:Function,items:{type:Array,default:()=>[]},itemSize:{type:Number,required:!0},itemResizable:Boolean,itemsStyle:[String,Object],visibleItemsTag:{type:[String,Object],default:"div"},visibleItemsProps:Object,ignoreItemResize:Boolean,onScroll:Function,onWheel:Function,onResize:Function,defaultScrollKey:[Number,String],defaultScrollIndex:Number,keyField:{type:String,default:"key"},paddingTop:{type:[Number,String],default:0},paddingBottom:{type:[Number,String],default:0}},setup(e){const t=qt();vo.mount({id:"vueuc/virtual-list",head:!0,anchorMetaName:Xt,ssr:t}),Ze(()=>{const{defaultScrollIndex:p,defaultScrollKey:x}=e;p!=null?O({index:p}):x!=null&&O({key:x})});let n=!1,r=!1;Mn(()=>{if(n=!1,!r){r=!0;return}O({top:P.value,left:i.value})}),Bn(()=>{n=!0,r||(r=!0)});const o=_e(()=>{if(e.renderCol==null&&e.renderItemWithCols==null||e.columns.length===0)return;let p=0;return e.columns.forEach(x=>{p+=x.width}),p}),a=$(()=>{const p=new Map,{keyField:x}=e;return e.items.forEach((H,L)=>{p.set(H[x],L)}),p}),{scrollLeftRef:i,listWidthRef:l}=go({columnsRef:ae(e,"columns"),renderColRef:ae(e,"renderCol"),renderItemWithColsRef:ae(e,"renderItemWithCols")}),d=E(null),s=E(void 0),g=new Map,u=$(()=>{const{items:p,itemSize:x,keyField:H}=e,L=new Jt(p.length,x);return p.forEach((te,J)=>{const U=te[H],re=g.get(U);re!==void 0&&L.add(J,re)}),L}),z=E(0),P=E(0),w=_e(()=>Math.max(u.value.getBound(P.value-St(e.paddingTop))-1,0)),y=$(()=>{const{value:p}=s;if(p===void 0)return[];const{items:x,itemSize:H}=e,L=w.value,te=Math.min(L+Math.ceil(p/H+1),x.length-1),J=[];for(let U=L;U<=te;++U)J.push(x[U]);return J}),O=(p,x)=>{if(typeof p=="number"){b(p,x,"auto");return}const{left:H,top:L,index:te,key:J,position:U,behavior:re,debounce:Z=!0}=p;if(H!==void 0||L!==void 0)b(H,L,re);else if(te!==void 0)F(te,re,Z);else if(J!==void 0){const ge=a.value.get(J);ge!==void 0&&F(ge,re,Z)}else U==="bottom"?b(0,Number.MAX_SAFE_INTEGER,re):U==="top"&&b(0,0,re)};let S,R=null;function F(p,x,H){const L=d.value;if(L==null)return;const{value:te}=u,J=te.sum(p)+St(e.paddingTop);if(!H)L.scrollTo({left:0,top:J,behavior:x});else{S=p,R!==null&&window.clearTimeout(R),R=window.setTimeout(()=>{S=void 0,R=null},16);const{scrollTop:U,offsetHeight:re}=L;if(J>U){const Z=te.get(p);J+Z<=U+re||L.scrollTo({left:0,top:J+Z-re,behavior:x})}else L.scrollTo({left:0,top:J,behavior:x})}}function b(p,x,H){const L=d.value;L?.scrollTo({left:p,top:x,behavior:H})}function m(p,x){var H,L,te;if(n||e.ignoreItemResize||q(x.target))return;const{value:J}=u,U=a.value.get(p),re=J.get(U),Z=(te=(L=(H=x.borderBoxSize)===null||H===void 0?void 0:H[0])===null||L===void 0?void 0:L.blockSize)!==null&&te!==void 0?te:x.contentRect.height;if(Z===re)return;Z-e.itemSize===0?g.delete(p):g.set(p,Z-e.itemSize);const ue=Z-re;if(ue===0)return;J.add(U,ue);const v=d.value;if(v!=null){if(S===void 0){const A=J.sum(U);v.scrollTop>A&&v.scrollBy(0,ue)}else if(U<S)v.scrollBy(0,ue);else if(U===S){const A=J.sum(U);Z+A>v.scrollTop+v.offsetHeight&&v.scrollBy(0,ue)}oe()}z.value++}const I=!ho();let D=!1;function j(p){var x;(x=e.onScroll)===null||x===void 0||x.call(e,p),(!I||!D)&&oe()}function Q(p){var x;if((x=e.onWheel)===null||x===void 0||x.call(e,p),I){const H=d.value;if(H!=null){if(p.deltaX===0&&(H.scrollTop===0&&p.deltaY<=0||H.scrollTop+H.offsetHeight>=H.scrollHeight&&p.deltaY>=0))return;p.preventDefault(),H.scrollTop+=p.deltaY/Lt(),H.scrollLeft+=p.deltaX/Lt(),oe(),D=!0,_n(()=>{D=!1})}}}function K(p){if(n||q(p.target))return;if(e.renderCol==null&&e.renderItemWithCols==null){if(p.contentRect.height===s.value)return}else if(p.contentRect.height===s.value&&p.contentRect.width===l.value)return;s.value=p.contentRect.height,l.value=p.contentRect.width;const{onResize:x}=e;x!==void 0&&x(p)}function oe(){const{value:p}=d;p!=null&&(P.value=p.scrollTop,i.value=p.scrollLeft)}function q(p){let x=p;for(;x!==null;){if(x.style.display==="none")return!0;x=x.parentElement}return!1}return{listHeight:s,listStyle:{overflow:"auto"},keyToIndex:a,itemsStyle:$(()=>{const{itemResizable:p}=e,x=Ue(u.value.sum());return z.value,[e.itemsStyle,{boxSizing:"content-box",width:Ue(o.value),height:p?"":x,minHeight:p?x:"",paddingTop:Ue(e.paddingTop),paddingBottom:Ue(e.paddingBottom)}]}),visibleItemsStyle:$(()=>(z.value,{transform:`translateY(${Ue(u.value.sum(w.value))})`})),viewportItems:y,listElRef:d,itemsElRef:E(null),scrollTo:O,handleListResize:K,handleListScroll:j,handleListWheel:Q,handleItemResize:m}},render(){const{itemResizable:e,keyField:t,keyToIndex:n,visibleItemsTag:r}=this;return we(Bt,{onResize:this.handleListResize},{default:()=>{var o,a;return we("div",ze(this.$attrs,{class:["v-vl",this.showScrollbar&&"v-vl--show-scrollbar"],onScroll:this.handleListScroll,onWheel:this.handleListWheel,ref:"listElRef"}),[this.items.length!==0?we("div",{ref:"itemsElRef",class:"v-vl-items",style:this.itemsStyle},[we(r,Object.assign({class:"v-vl-visible-items",style:this.visibleItemsStyle},this.visibleItemsProps),{default:()=>{const{renderCol:i,renderItemWithCols:l}=this;return this.viewportItems.map(d=>{const s=d[t],g=n.get(s),u=i!=null?we(Nt,{index:g,item:d}):void 0,z=l!=null?we(Nt,{index:g,item:d}):void 0,P=this.$slots.default({item:d,renderedCols:u,renderedItemWithCols:z,index:g})[0];return e?we(Bt,{key:s,onResize:w=>this.handleItemResize(s,w)},{default:()=>P}):(P.key=s,P)})}})]):(a=(o=this.$slots).empty)===null||a===void 0?void 0:a.call(o)])}})}}),Se="v-hidden",po=lt("[v-hidden]",{display:"none!important"}),Wt=ve({name:"Overflow",props:{getCounter:Function,getTail:Function,updateCounter:Function,onUpdateCount:Function,onUpdateOverflow:Function},setup(e,{slots:t}){const n=E(null),r=E(null);function o(i){const{value:l}=n,{getCounter:d,getTail:s}=e;let g;if(d!==void 0?g=d():g=r.value,!l||!g)return;g.hasAttribute(Se)&&g.removeAttribute(Se);const{children:u}=l;if(i.showAllItemsBeforeCalculate)for(const F of u)F.hasAttribute(Se)&&F.removeAttribute(Se);const z=l.offsetWidth,P=[],w=t.tail?s?.():null;let y=w?w.offsetWidth:0,O=!1;const S=l.children.length-(t.tail?1:0);for(let F=0;F<S-1;++F){if(F<0)continue;const b=u[F];if(O){b.hasAttribute(Se)||b.setAttribute(Se,"");continue}else b.hasAttribute(Se)&&b.removeAttribute(Se);const m=b.offsetWidth;if(y+=m,P[F]=m,y>z){const{updateCounter:I}=e;for(let D=F;D>=0;--D){const j=S-1-D;I!==void 0?I(j):g.textContent=`${j}`;const Q=g.offsetWidth;if(y-=P[D],y+Q<=z||D===0){O=!0,F=D-1,w&&(F===-1?(w.style.maxWidth=`${z-Q}px`,w.style.boxSizing="border-box"):w.style.maxWidth="");const{onUpdateCount:K}=e;K&&K(j);break}}}}const{onUpdateOverflow:R}=e;O?R!==void 0&&R(!0):(R!==void 0&&R(!1),g.setAttribute(Se,""))}const a=qt();return po.mount({id:"vueuc/overflow",head:!0,anchorMetaName:Xt,ssr:a}),Ze(()=>o({showAllItemsBeforeCalculate:!1})),{selfRef:n,counterRef:r,sync:o}},render(){const{$slots:e}=this;return Ft(()=>this.sync({showAllItemsBeforeCalculate:!1})),we("div",{class:"v-overflow",ref:"selfRef"},[En(e,"default"),e.counter?e.counter():we("span",{style:{display:"inline-block"},ref:"counterRef"}),e.tail?e.tail():null])}});function mo(e){const{textColor2:t,primaryColorHover:n,primaryColorPressed:r,primaryColor:o,infoColor:a,successColor:i,warningColor:l,errorColor:d,baseColor:s,borderColor:g,opacityDisabled:u,tagColor:z,closeIconColor:P,closeIconColorHover:w,closeIconColorPressed:y,borderRadiusSmall:O,fontSizeMini:S,fontSizeTiny:R,fontSizeSmall:F,fontSizeMedium:b,heightMini:m,heightTiny:I,heightSmall:D,heightMedium:j,closeColorHover:Q,closeColorPressed:K,buttonColor2Hover:oe,buttonColor2Pressed:q,fontWeightStrong:p}=e;return{...An,closeBorderRadius:O,heightTiny:m,heightSmall:I,heightMedium:D,heightLarge:j,borderRadius:O,opacityDisabled:u,fontSizeTiny:S,fontSizeSmall:R,fontSizeMedium:F,fontSizeLarge:b,fontWeightStrong:p,textColorCheckable:t,textColorHoverCheckable:t,textColorPressedCheckable:t,textColorChecked:s,colorCheckable:"#0000",colorHoverCheckable:oe,colorPressedCheckable:q,colorChecked:o,colorCheckedHover:n,colorCheckedPressed:r,border:`1px solid ${g}`,textColor:t,color:z,colorBordered:"rgb(250, 250, 252)",closeIconColor:P,closeIconColorHover:w,closeIconColorPressed:y,closeColorHover:Q,closeColorPressed:K,borderPrimary:`1px solid ${ne(o,{alpha:.3})}`,textColorPrimary:o,colorPrimary:ne(o,{alpha:.12}),colorBorderedPrimary:ne(o,{alpha:.1}),closeIconColorPrimary:o,closeIconColorHoverPrimary:o,closeIconColorPressedPrimary:o,closeColorHoverPrimary:ne(o,{alpha:.12}),closeColorPressedPrimary:ne(o,{alpha:.18}),borderInfo:`1px solid ${ne(a,{alpha:.3})}`,textColorInfo:a,colorInfo:ne(a,{alpha:.12}),colorBorderedInfo:ne(a,{alpha:.1}),closeIconColorInfo:a,closeIconColorHoverInfo:a,closeIconColorPressedInfo:a,closeColorHoverInfo:ne(a,{alpha:.12}),closeColorPressedInfo:ne(a,{alpha:.18}),borderSuccess:`1px solid ${ne(i,{alpha:.3})}`,textColorSuccess:i,colorSuccess:ne(i,{alpha:.12}),colorBorderedSuccess:ne(i,{alpha:.1}),closeIconColorSuccess:i,closeIconColorHoverSuccess:i,closeIconColorPressedSuccess:i,closeColorHoverSuccess:ne(i,{alpha:.12}),closeColorPressedSuccess:ne(i,{alpha:.18}),borderWarning:`1px solid ${ne(l,{alpha:.35})}`,textColorWarning:l,colorWarning:ne(l,{alpha:.15}),colorBorderedWarning:ne(l,{alpha:.12}),closeIconColorWarning:l,closeIconColorHoverWarning:l,closeIconColorPressedWarning:l,closeColorHoverWarning:ne(l,{alpha:.12}),closeColorPressedWarning:ne(l,{alpha:.18}),borderError:`1px solid ${ne(d,{alpha:.23})}`,textColorError:d,colorError:ne(d,{alpha:.1}),colorBorderedError:ne(d,{alpha:.08}),closeIconColorError:d,closeIconColorHoverError:d,closeIconColorPressedError:d,closeColorHoverError:ne(d,{alpha:.12}),closeColorPressedError:ne(d,{alpha:.18})}}const yo={name:"Tag",common:$n,self:mo};var Co={color:Object,type:{type:String,default:"default"},round:Boolean,size:String,closable:Boolean,disabled:{type:Boolean,default:void 0}},wo=V("tag",`
 --n-close-margin: var(--n-close-margin-top) var(--n-close-margin-right) var(--n-close-margin-bottom) var(--n-close-margin-left);
 white-space: nowrap;
 position: relative;
 box-sizing: border-box;
 cursor: default;
 display: inline-flex;
 align-items: center;
 flex-wrap: nowrap;
 padding: var(--n-padding);
 border-radius: var(--n-border-radius);
 color: var(--n-text-color);
 background-color: var(--n-color);
 transition: 
 border-color .3s var(--n-bezier),
 background-color .3s var(--n-bezier),
 color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier),
 opacity .3s var(--n-bezier);
 line-height: 1;
 height: var(--n-height);
 font-size: var(--n-font-size);
`,[ie("strong",`
 font-weight: var(--n-font-weight-strong);
 `),W("border",`
 pointer-events: none;
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 border-radius: inherit;
 border: var(--n-border);
 transition: border-color .3s var(--n-bezier);
 `),W("icon",`
 display: flex;
 margin: 0 4px 0 0;
 color: var(--n-text-color);
 transition: color .3s var(--n-bezier);
 font-size: var(--n-avatar-size-override);
 `),W("avatar",`
 display: flex;
 margin: 0 6px 0 0;
 `),W("close",`
 margin: var(--n-close-margin);
 transition:
 background-color .3s var(--n-bezier),
 color .3s var(--n-bezier);
 `),ie("round",`
 padding: 0 calc(var(--n-height) / 3);
 border-radius: calc(var(--n-height) / 2);
 `,[W("icon",`
 margin: 0 4px 0 calc((var(--n-height) - 8px) / -2);
 `),W("avatar",`
 margin: 0 6px 0 calc((var(--n-height) - 8px) / -2);
 `),ie("closable",`
 padding: 0 calc(var(--n-height) / 4) 0 calc(var(--n-height) / 3);
 `)]),ie("icon, avatar",[ie("round",`
 padding: 0 calc(var(--n-height) / 3) 0 calc(var(--n-height) / 2);
 `)]),ie("disabled",`
 cursor: not-allowed !important;
 opacity: var(--n-opacity-disabled);
 `),ie("checkable",`
 cursor: pointer;
 box-shadow: none;
 color: var(--n-text-color-checkable);
 background-color: var(--n-color-checkable);
 `,[Be("disabled",[he("&:hover","background-color: var(--n-color-hover-checkable);",[Be("checked","color: var(--n-text-color-hover-checkable);")]),he("&:active","background-color: var(--n-color-pressed-checkable);",[Be("checked","color: var(--n-text-color-pressed-checkable);")])]),ie("checked",`
 color: var(--n-text-color-checked);
 background-color: var(--n-color-checked);
 `,[Be("disabled",[he("&:hover","background-color: var(--n-color-checked-hover);"),he("&:active","background-color: var(--n-color-checked-pressed);")])])])]);const xo=["onClick","onMouseenter","onMouseleave"],ko={...xe.props,...Co,bordered:{type:Boolean,default:void 0},checked:Boolean,checkable:Boolean,strong:Boolean,triggerClickOnClose:Boolean,onClose:[Array,Function],onMouseenter:Function,onMouseleave:Function,"onUpdate:checked":Function,onUpdateChecked:Function,internalCloseFocusable:{type:Boolean,default:!0},internalCloseIsButtonTag:{type:Boolean,default:!0},onCheckedChange:Function},So=Nn("n-tag");var yt=ve({name:"Tag",props:ko,slots:Object,setup(e){const t=E(null),{mergedBorderedRef:n,mergedClsPrefixRef:r,inlineThemeDisabled:o,mergedRtlRef:a,mergedComponentPropsRef:i}=qe(e),l=$(()=>e.size||i?.value?.Tag?.size||"medium"),d=xe("Tag","-tag",wo,yo,e,r);it(So,{roundRef:ae(e,"round")});function s(){if(!e.disabled&&e.checkable){const{checked:y,onCheckedChange:O,onUpdateChecked:S,"onUpdate:checked":R}=e;S&&S(!y),R&&R(!y),O&&O(!y)}}function g(y){if(e.triggerClickOnClose||y.stopPropagation(),!e.disabled){const{onClose:O}=e;O&&me(O,y)}}const u={setTextContent(y){const{value:O}=t;O&&(O.textContent=y)}},z=It("Tag",a,r),P=$(()=>{const{type:y,color:{color:O,textColor:S}={}}=e,R=l.value,{common:{cubicBezierEaseInOut:F},self:{padding:b,closeMargin:m,borderRadius:I,opacityDisabled:D,textColorCheckable:j,textColorHoverCheckable:Q,textColorPressedCheckable:K,textColorChecked:oe,colorCheckable:q,colorHoverCheckable:p,colorPressedCheckable:x,colorChecked:H,colorCheckedHover:L,colorCheckedPressed:te,closeBorderRadius:J,fontWeightStrong:U,[le("colorBordered",y)]:re,[le("closeSize",R)]:Z,[le("closeIconSize",R)]:ge,[le("fontSize",R)]:ue,[le("height",R)]:v,[le("color",y)]:A,[le("textColor",y)]:be,[le("border",y)]:Re,[le("closeIconColor",y)]:ke,[le("closeIconColorHover",y)]:pe,[le("closeIconColorPressed",y)]:fe,[le("closeColorHover",y)]:Pe,[le("closeColorPressed",y)]:ye}}=d.value,Ce=Ne(m);return{"--n-font-weight-strong":U,"--n-avatar-size-override":`calc(${v} - 8px)`,"--n-bezier":F,"--n-border-radius":I,"--n-border":Re,"--n-close-icon-size":ge,"--n-close-color-pressed":ye,"--n-close-color-hover":Pe,"--n-close-border-radius":J,"--n-close-icon-color":ke,"--n-close-icon-color-hover":pe,"--n-close-icon-color-pressed":fe,"--n-close-icon-color-disabled":ke,"--n-close-margin-top":Ce.top,"--n-close-margin-right":Ce.right,"--n-close-margin-bottom":Ce.bottom,"--n-close-margin-left":Ce.left,"--n-close-size":Z,"--n-color":O||(n.value?re:A),"--n-color-checkable":q,"--n-color-checked":H,"--n-color-checked-hover":L,"--n-color-checked-pressed":te,"--n-color-hover-checkable":p,"--n-color-pressed-checkable":x,"--n-font-size":ue,"--n-height":v,"--n-opacity-disabled":D,"--n-padding":b,"--n-text-color":S||be,"--n-text-color-checkable":j,"--n-text-color-checked":oe,"--n-text-color-hover-checkable":Q,"--n-text-color-pressed-checkable":K}}),w=o?Xe("tag",$(()=>{let y="";const{type:O,color:{color:S,textColor:R}={}}=e;return y+=O[0],y+=l.value[0],S&&(y+=`a${_t(S)}`),R&&(y+=`b${_t(R)}`),n.value&&(y+="c"),y}),P,e):void 0;return{...u,rtlEnabled:z,mergedClsPrefix:r,contentRef:t,mergedBordered:n,handleClick:s,handleCloseClick:g,cssVars:o?void 0:P,themeClass:w?.themeClass,onRender:w?.onRender}},render(){const{mergedClsPrefix:e,rtlEnabled:t,closable:n,color:{borderColor:r}={},round:o,onRender:a,$slots:i}=this;a?.();const l=at(i.avatar,s=>s&&(h(),k("div",{class:M(`${e}-tag__avatar`)},[T(()=>s)],2))),d=at(i.icon,s=>s&&(h(),k("div",{class:M(`${e}-tag__icon`)},[T(()=>s)],2)));return h(),k("div",{class:M([`${e}-tag`,this.themeClass,{[`${e}-tag--rtl`]:t,[`${e}-tag--strong`]:this.strong,[`${e}-tag--disabled`]:this.disabled,[`${e}-tag--checkable`]:this.checkable,[`${e}-tag--checked`]:this.checkable&&this.checked,[`${e}-tag--round`]:o,[`${e}-tag--avatar`]:l,[`${e}-tag--icon`]:d,[`${e}-tag--closable`]:n}]),style:We(this.cssVars),onClick:this.handleClick,onMouseenter:this.onMouseenter,onMouseleave:this.onMouseleave},[T(()=>d||l),de("span",{class:M(`${e}-tag__content`),ref:"contentRef"},[T(()=>this.$slots.default?.())],2),!this.checkable&&n?(h(),Y(Ln,{key:0,clsPrefix:e,class:M(`${e}-tag__close`),disabled:this.disabled,onClick:this.handleCloseClick,focusable:this.internalCloseFocusable,round:o,isButtonTag:this.internalCloseIsButtonTag,absolute:!0},null,8,["clsPrefix","class","disabled","onClick","focusable","round","isButtonTag"])):T(()=>null),!this.checkable&&this.mergedBordered?(h(),k("div",{key:2,class:M(`${e}-tag__border`),style:We({borderColor:r})},null,6)):T(()=>null)],46,xo)}});function Dt(e){switch(typeof e){case"string":return e||void 0;case"number":return String(e);default:return}}function tn(e,t){t&&(Ze(()=>{const{value:n}=e;n&&bt.registerHandler(n,t)}),Ee(e,(n,r)=>{r&&bt.unregisterHandler(r)},{deep:!1}),Zt(()=>{const{value:n}=e;n&&bt.unregisterHandler(n)}))}var Ro=ve({props:{onFocus:Function,onBlur:Function},setup(e){return()=>(()=>{const t=Tt("d16ead82505dc285");return h(),k("div",{style:"width: 0; height: 0",tabindex:0,onFocus:t[0]||(t[0]=n=>e.onFocus?.(n)),onBlur:t[1]||(t[1]=n=>e.onBlur?.(n))},null,32)})()}}),Po=Ro,Kt=ve({name:"NBaseSelectGroupHeader",props:{clsPrefix:{type:String,required:!0},tmNode:{type:Object,required:!0}},setup(){const{renderLabelRef:e,renderOptionRef:t,labelFieldRef:n,nodePropsRef:r}=zt(Ot);return{labelField:n,nodeProps:r,renderLabel:e,renderOption:t}},render(){const{clsPrefix:e,renderLabel:t,renderOption:n,nodeProps:r,tmNode:{rawNode:o}}=this,a=r?.(o),i=t?t(o,!1):Le(o[this.labelField],o,!1),l=(h(),k("div",ze(a,{class:[`${e}-base-select-group-header`,a?.class]}),[T(()=>i)],16));return o.render?o.render({node:l,option:o}):n?n({node:l,option:o,selected:!1}):l}}),To=ve({name:"Checkmark",render(){return(()=>{const e=Tt("3c84eac8ae4e1f96");return e[0]||(e[0]=de("svg",{xmlns:"http://www.w3.org/2000/svg",viewBox:"0 0 16 16"},[de("g",{fill:"none"},[de("path",{d:"M14.046 3.486a.75.75 0 0 1-.032 1.06l-7.93 7.474a.85.85 0 0 1-1.188-.022l-2.68-2.72a.75.75 0 1 1 1.068-1.053l2.234 2.267l7.468-7.038a.75.75 0 0 1 1.06.032z",fill:"currentColor"})])],-1))})()}});const zo=["onClick","onMouseenter","onMousemove"];function Fo(e,t){return h(),Y(Yt,{name:"fade-in-scale-up-transition"},{default:()=>e?(h(),Y(Ut,{key:1,clsPrefix:t,class:M(`${t}-base-select-option__check`)},{default:()=>we(To)},1032,["clsPrefix","class"])):null},1024)}var Ht=ve({name:"NBaseSelectOption",props:{clsPrefix:{type:String,required:!0},tmNode:{type:Object,required:!0}},setup(e){const{valueRef:t,pendingTmNodeRef:n,multipleRef:r,valueSetRef:o,renderLabelRef:a,renderOptionRef:i,labelFieldRef:l,valueFieldRef:d,showCheckmarkRef:s,nodePropsRef:g,handleOptionClick:u,handleOptionMouseEnter:z}=zt(Ot),P=_e(()=>{const{value:S}=n;return S?e.tmNode.key===S.key:!1});function w(S){const{tmNode:R}=e;R.disabled||u(S,R)}function y(S){const{tmNode:R}=e;R.disabled||z(S,R)}function O(S){const{tmNode:R}=e,{value:F}=P;R.disabled||F||z(S,R)}return{multiple:r,isGrouped:_e(()=>{const{tmNode:S}=e,{parent:R}=S;return R&&R.rawNode.type==="group"}),showCheckmark:s,nodeProps:g,isPending:P,isSelected:_e(()=>{const{value:S}=t,{value:R}=r;if(S===null)return!1;const F=e.tmNode.rawNode[d.value];if(R){const{value:b}=o;return b.has(F)}else return S===F}),labelField:l,renderLabel:a,renderOption:i,handleMouseMove:O,handleMouseEnter:y,handleClick:w}},render(){const{clsPrefix:e,tmNode:{rawNode:t},isSelected:n,isPending:r,isGrouped:o,showCheckmark:a,nodeProps:i,renderOption:l,renderLabel:d,handleClick:s,handleMouseEnter:g,handleMouseMove:u}=this,z=Fo(n,e),P=d?[d(t,n),a&&z]:[Le(t[this.labelField],t,n),a&&z],w=i?.(t),y=(h(),k("div",ze(w,{class:[`${e}-base-select-option`,t.class,w?.class,{[`${e}-base-select-option--disabled`]:t.disabled,[`${e}-base-select-option--selected`]:n,[`${e}-base-select-option--grouped`]:o,[`${e}-base-select-option--pending`]:r,[`${e}-base-select-option--show-checkmark`]:a}],style:[w?.style||"",t.style||""],onClick:pt([s,w?.onClick]),onMouseenter:pt([g,w?.onMouseenter]),onMousemove:pt([u,w?.onMousemove])}),[de("div",{class:M(`${e}-base-select-option__content`)},[T(()=>P)],2)],16,zo));return t.render?t.render({node:y,option:t,selected:n}):l?l({node:y,option:t,selected:n}):y}}),Io=V("base-select-menu",`
 line-height: 1.5;
 outline: none;
 z-index: 0;
 position: relative;
 border-radius: var(--n-border-radius);
 transition:
 background-color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier);
 background-color: var(--n-color);
`,[V("scrollbar",`
 max-height: var(--n-height);
 `),V("virtual-list",`
 max-height: var(--n-height);
 `),V("base-select-option",`
 min-height: var(--n-option-height);
 font-size: var(--n-option-font-size);
 display: flex;
 align-items: center;
 `,[W("content",`
 z-index: 1;
 white-space: nowrap;
 text-overflow: ellipsis;
 overflow: hidden;
 `)]),V("base-select-group-header",`
 min-height: var(--n-option-height);
 font-size: .93em;
 display: flex;
 align-items: center;
 `),V("base-select-menu-option-wrapper",`
 position: relative;
 width: 100%;
 `),W("loading, empty",`
 display: flex;
 padding: 12px 32px;
 flex: 1;
 justify-content: center;
 `),W("loading",`
 color: var(--n-loading-color);
 font-size: var(--n-loading-size);
 `),W("header",`
 padding: 8px var(--n-option-padding-left);
 font-size: var(--n-option-font-size);
 transition: 
 color .3s var(--n-bezier),
 border-color .3s var(--n-bezier);
 border-bottom: 1px solid var(--n-action-divider-color);
 color: var(--n-action-text-color);
 `),W("action",`
 padding: 8px var(--n-option-padding-left);
 font-size: var(--n-option-font-size);
 transition: 
 color .3s var(--n-bezier),
 border-color .3s var(--n-bezier);
 border-top: 1px solid var(--n-action-divider-color);
 color: var(--n-action-text-color);
 `),V("base-select-group-header",`
 position: relative;
 cursor: default;
 padding: var(--n-option-padding);
 color: var(--n-group-header-text-color);
 `),V("base-select-option",`
 cursor: pointer;
 position: relative;
 padding: var(--n-option-padding);
 transition:
 color .3s var(--n-bezier),
 opacity .3s var(--n-bezier);
 box-sizing: border-box;
 color: var(--n-option-text-color);
 opacity: 1;
 `,[ie("show-checkmark",`
 padding-right: calc(var(--n-option-padding-right) + 20px);
 `),he("&::before",`
 content: "";
 position: absolute;
 left: 4px;
 right: 4px;
 top: 0;
 bottom: 0;
 border-radius: var(--n-border-radius);
 transition: background-color .3s var(--n-bezier);
 `),he("&:active",`
 color: var(--n-option-text-color-pressed);
 `),ie("grouped",`
 padding-left: calc(var(--n-option-padding-left) * 1.5);
 `),ie("pending",[he("&::before",`
 background-color: var(--n-option-color-pending);
 `)]),ie("selected",`
 color: var(--n-option-text-color-active);
 `,[he("&::before",`
 background-color: var(--n-option-color-active);
 `),ie("pending",[he("&::before",`
 background-color: var(--n-option-color-active-pending);
 `)])]),ie("disabled",`
 cursor: not-allowed;
 `,[Be("selected",`
 color: var(--n-option-text-color-disabled);
 `),ie("selected",`
 opacity: var(--n-option-opacity-disabled);
 `)]),W("check",`
 font-size: 16px;
 position: absolute;
 right: calc(var(--n-option-padding-right) - 4px);
 top: calc(50% - 7px);
 color: var(--n-option-check-color);
 transition: color .3s var(--n-bezier);
 `,[Qt({enterScale:"0.5"})])])]);function Vt(e){return Array.isArray(e)?e:[e]}const Pt={STOP:"STOP"};function nn(e,t){const n=t(e);e.children!==void 0&&n!==Pt.STOP&&e.children.forEach(r=>nn(r,t))}function Oo(e,t={}){const{preserveGroup:n=!1}=t,r=[],o=n?i=>{i.isLeaf||(r.push(i.key),a(i.children))}:i=>{i.isLeaf||(i.isGroup||r.push(i.key),a(i.children))};function a(i){i.forEach(o)}return a(e),r}function Mo(e,t){const{isLeaf:n}=e;return n!==void 0?n:!t(e)}function Bo(e){return e.children}function _o(e){return e.key}function Eo(){return!1}function $o(e,t){const{isLeaf:n}=e;return!(n===!1&&!Array.isArray(t(e)))}function Ao(e){return e.disabled===!0}function Lo(e,t){return e.isLeaf===!1&&!Array.isArray(t(e))}function Ct(e){var t;return e==null?[]:Array.isArray(e)?e:(t=e.checkedKeys)!==null&&t!==void 0?t:[]}function wt(e){var t;return e==null||Array.isArray(e)?[]:(t=e.indeterminateKeys)!==null&&t!==void 0?t:[]}function No(e,t){const n=new Set(e);return t.forEach(r=>{n.has(r)||n.add(r)}),Array.from(n)}function Wo(e,t){const n=new Set(e);return t.forEach(r=>{n.has(r)&&n.delete(r)}),Array.from(n)}function Do(e){return e?.type==="group"}function Ko(e){const t=new Map;return e.forEach((n,r)=>{t.set(n.key,r)}),n=>{var r;return(r=t.get(n))!==null&&r!==void 0?r:null}}class Ho extends Error{constructor(){super(),this.message="SubtreeNotLoadedError: checking a subtree whose required nodes are not fully loaded."}}function Vo(e,t,n,r){return st(t.concat(e),n,r,!1)}function jo(e,t){const n=new Set;return e.forEach(r=>{const o=t.treeNodeMap.get(r);if(o!==void 0){let a=o.parent;for(;a!==null&&!(a.disabled||n.has(a.key));)n.add(a.key),a=a.parent}}),n}function Uo(e,t,n,r){const o=st(t,n,r,!1),a=st(e,n,r,!0),i=jo(e,n),l=[];return o.forEach(d=>{(a.has(d)||i.has(d))&&l.push(d)}),l.forEach(d=>o.delete(d)),o}function xt(e,t){const{checkedKeys:n,keysToCheck:r,keysToUncheck:o,indeterminateKeys:a,cascade:i,leafOnly:l,checkStrategy:d,allowNotLoaded:s}=e;if(!i)return r!==void 0?{checkedKeys:No(n,r),indeterminateKeys:Array.from(a)}:o!==void 0?{checkedKeys:Wo(n,o),indeterminateKeys:Array.from(a)}:{checkedKeys:Array.from(n),indeterminateKeys:Array.from(a)};const{levelTreeNodeMap:g}=t;let u;o!==void 0?u=Uo(o,n,t,s):r!==void 0?u=Vo(r,n,t,s):u=st(n,t,s,!1);const z=d==="parent",P=d==="child"||l,w=u,y=new Set,O=Math.max.apply(null,Array.from(g.keys()));for(let S=O;S>=0;S-=1){const R=S===0,F=g.get(S);for(const b of F){if(b.isLeaf)continue;const{key:m,shallowLoaded:I}=b;if(P&&I&&b.children.forEach(K=>{!K.disabled&&!K.isLeaf&&K.shallowLoaded&&w.has(K.key)&&w.delete(K.key)}),b.disabled||!I)continue;let D=!0,j=!1,Q=!0;for(const K of b.children){const oe=K.key;if(!K.disabled){if(Q&&(Q=!1),w.has(oe))j=!0;else if(y.has(oe)){j=!0,D=!1;break}else if(D=!1,j)break}}D&&!Q?(z&&b.children.forEach(K=>{!K.disabled&&w.has(K.key)&&w.delete(K.key)}),w.add(m)):j&&y.add(m),R&&P&&w.has(m)&&w.delete(m)}}return{checkedKeys:Array.from(w),indeterminateKeys:Array.from(y)}}function st(e,t,n,r){const{treeNodeMap:o,getChildren:a}=t,i=new Set,l=new Set(e);return e.forEach(d=>{const s=o.get(d);s!==void 0&&nn(s,g=>{if(g.disabled)return Pt.STOP;const{key:u}=g;if(!i.has(u)&&(i.add(u),l.add(u),Lo(g.rawNode,a))){if(r)return Pt.STOP;if(!n)throw new Ho}})}),l}function Go(e,{includeGroup:t=!1,includeSelf:n=!0},r){var o;const a=r.treeNodeMap;let i=e==null?null:(o=a.get(e))!==null&&o!==void 0?o:null;const l={keyPath:[],treeNodePath:[],treeNode:i};if(i?.ignored)return l.treeNode=null,l;for(;i;)!i.ignored&&(t||!i.isGroup)&&l.treeNodePath.push(i),i=i.parent;return l.treeNodePath.reverse(),n||l.treeNodePath.pop(),l.keyPath=l.treeNodePath.map(d=>d.key),l}function qo(e){if(e.length===0)return null;const t=e[0];return t.isGroup||t.ignored||t.disabled?t.getNext():t}function Xo(e,t){const n=e.siblings,r=n.length,{index:o}=e;return t?n[(o+1)%r]:o===n.length-1?null:n[o+1]}function jt(e,t,{loop:n=!1,includeDisabled:r=!1}={}){const o=t==="prev"?Zo:Xo,a={reverse:t==="prev"};let i=!1,l=null;function d(s){if(s!==null){if(s===e){if(!i)i=!0;else if(!e.disabled&&!e.isGroup){l=e;return}}else if((!s.disabled||r)&&!s.ignored&&!s.isGroup){l=s;return}if(s.isGroup){const g=Mt(s,a);g!==null?l=g:d(o(s,n))}else{const g=o(s,!1);if(g!==null)d(g);else{const u=Yo(s);u?.isGroup?d(o(u,n)):n&&d(o(s,!0))}}}}return d(e),l}function Zo(e,t){const n=e.siblings,r=n.length,{index:o}=e;return t?n[(o-1+r)%r]:o===0?null:n[o-1]}function Yo(e){return e.parent}function Mt(e,t={}){const{reverse:n=!1}=t,{children:r}=e;if(r){const{length:o}=r,a=n?o-1:0,i=n?-1:o,l=n?-1:1;for(let d=a;d!==i;d+=l){const s=r[d];if(!s.disabled&&!s.ignored)if(s.isGroup){const g=Mt(s,t);if(g!==null)return g}else return s}}return null}const Qo={getChild(){return this.ignored?null:Mt(this)},getParent(){const{parent:e}=this;return e?.isGroup?e.getParent():e},getNext(e={}){return jt(this,"next",e)},getPrev(e={}){return jt(this,"prev",e)}};function Jo(e,t){const n=t?new Set(t):void 0,r=[];function o(a){a.forEach(i=>{r.push(i),!(i.isLeaf||!i.children||i.ignored)&&(i.isGroup||n===void 0||n.has(i.key))&&o(i.children)})}return o(e),r}function er(e,t){const n=e.key;for(;t;){if(t.key===n)return!0;t=t.parent}return!1}function on(e,t,n,r,o,a=null,i=0){const l=[];return e.forEach((d,s)=>{var g;const u=Object.create(r);if(u.rawNode=d,u.siblings=l,u.level=i,u.index=s,u.isFirstChild=s===0,u.isLastChild=s+1===e.length,u.parent=a,!u.ignored){const z=o(d);Array.isArray(z)&&(u.children=on(z,t,n,r,o,u,i+1))}l.push(u),t.set(u.key,u),n.has(i)||n.set(i,[]),(g=n.get(i))===null||g===void 0||g.push(u)}),l}function tr(e,t={}){var n;const r=new Map,o=new Map,{getDisabled:a=Ao,getIgnored:i=Eo,getIsGroup:l=Do,getKey:d=_o}=t,s=(n=t.getChildren)!==null&&n!==void 0?n:Bo,g=t.ignoreEmptyChildren?b=>{const m=s(b);return Array.isArray(m)?m.length?m:null:m}:s,u=Object.assign({get key(){return d(this.rawNode)},get disabled(){return a(this.rawNode)},get isGroup(){return l(this.rawNode)},get isLeaf(){return Mo(this.rawNode,g)},get shallowLoaded(){return $o(this.rawNode,g)},get ignored(){return i(this.rawNode)},contains(b){return er(this,b)}},Qo),z=on(e,r,o,u,g);function P(b){if(b==null)return null;const m=r.get(b);return m&&!m.isGroup&&!m.ignored?m:null}function w(b){if(b==null)return null;const m=r.get(b);return m&&!m.ignored?m:null}function y(b,m){const I=w(b);return I?I.getPrev(m):null}function O(b,m){const I=w(b);return I?I.getNext(m):null}function S(b){const m=w(b);return m?m.getParent():null}function R(b){const m=w(b);return m?m.getChild():null}const F={treeNodes:z,treeNodeMap:r,levelTreeNodeMap:o,maxLevel:Math.max(...o.keys()),getChildren:g,getFlattenedNodes(b){return Jo(z,b)},getNode:P,getPrev:y,getNext:O,getParent:S,getChild:R,getFirstAvailableNode(){return qo(z)},getPath(b,m={}){return Go(b,m,F)},getCheckedKeys(b,m={}){const{cascade:I=!0,leafOnly:D=!1,checkStrategy:j="all",allowNotLoaded:Q=!1}=m;return xt({checkedKeys:Ct(b),indeterminateKeys:wt(b),cascade:I,leafOnly:D,checkStrategy:j,allowNotLoaded:Q},F)},check(b,m,I={}){const{cascade:D=!0,leafOnly:j=!1,checkStrategy:Q="all",allowNotLoaded:K=!1}=I;return xt({checkedKeys:Ct(m),indeterminateKeys:wt(m),keysToCheck:b==null?[]:Vt(b),cascade:D,leafOnly:j,checkStrategy:Q,allowNotLoaded:K},F)},uncheck(b,m,I={}){const{cascade:D=!0,leafOnly:j=!1,checkStrategy:Q="all",allowNotLoaded:K=!1}=I;return xt({checkedKeys:Ct(m),indeterminateKeys:wt(m),keysToUncheck:b==null?[]:Vt(b),cascade:D,leafOnly:j,checkStrategy:Q,allowNotLoaded:K},F)},getNonLeafKeys(b={}){return Oo(z,b)}};return F}const nr=["tabindex","onFocusin","onFocusout","onKeyup","onKeydown","onMousedown","onMouseenter","onMouseleave"];var or=ve({name:"InternalSelectMenu",props:{...xe.props,clsPrefix:{type:String,required:!0},scrollable:{type:Boolean,default:!0},treeMate:{type:Object,required:!0},multiple:Boolean,size:{type:String,default:"medium"},value:{type:[String,Number,Array],default:null},autoPending:Boolean,virtualScroll:{type:Boolean,default:!0},show:{type:Boolean,default:!0},labelField:{type:String,default:"label"},valueField:{type:String,default:"value"},loading:Boolean,focusable:Boolean,renderLabel:Function,renderOption:Function,nodeProps:Function,showCheckmark:{type:Boolean,default:!0},onMousedown:Function,onScroll:Function,onFocus:Function,onBlur:Function,onKeyup:Function,onKeydown:Function,onTabOut:Function,onMouseenter:Function,onMouseleave:Function,onResize:Function,resetMenuOnOptionsChange:{type:Boolean,default:!0},inlineThemeDisabled:Boolean,scrollbarProps:Object,onToggle:Function},setup(e){const{mergedClsPrefixRef:t,mergedRtlRef:n,mergedComponentPropsRef:r}=qe(e),o=It("InternalSelectMenu",n,t),a=xe("InternalSelectMenu","-internal-select-menu",Io,Kn,e,ae(e,"clsPrefix")),i=E(null),l=E(null),d=E(null),s=$(()=>e.treeMate.getFlattenedNodes()),g=$(()=>Ko(s.value)),u=E(null);function z(){const{treeMate:v}=e;let A=null;const{value:be}=e;be===null?A=v.getFirstAvailableNode():(e.multiple?A=v.getNode((be||[])[(be||[]).length-1]):A=v.getNode(be),(!A||A.disabled)&&(A=v.getFirstAvailableNode())),L(A||null)}function P(){const{value:v}=u;v&&!e.treeMate.getNode(v.key)&&(u.value=null)}let w;Ee(()=>e.show,v=>{v?w=Ee(()=>e.treeMate,()=>{e.resetMenuOnOptionsChange?(e.autoPending?z():P(),Ft(te)):P()},{immediate:!0}):w?.()},{immediate:!0}),Zt(()=>{w?.()});const y=$(()=>St(a.value.self[le("optionHeight",e.size)])),O=$(()=>Ne(a.value.self[le("padding",e.size)])),S=$(()=>e.multiple&&Array.isArray(e.value)?new Set(e.value):new Set),R=$(()=>{const v=s.value;return v&&v.length===0}),F=$(()=>r?.value?.Select?.renderEmpty);function b(v){const{onToggle:A}=e;A&&A(v)}function m(v){const{onScroll:A}=e;A&&A(v)}function I(v){d.value?.sync(),m(v)}function D(){d.value?.sync()}function j(){const{value:v}=u;return v||null}function Q(v,A){A.disabled||L(A,!1)}function K(v,A){A.disabled||b(A)}function oe(v){Ge(v,"action")||e.onKeyup?.(v)}function q(v){Ge(v,"action")||e.onKeydown?.(v)}function p(v){e.onMousedown?.(v),!e.focusable&&v.preventDefault()}function x(){const{value:v}=u;v&&L(v.getNext({loop:!0}),!0)}function H(){const{value:v}=u;v&&L(v.getPrev({loop:!0}),!0)}function L(v,A=!1){u.value=v,A&&te()}function te(){const v=u.value;if(!v)return;const A=g.value(v.key);A!==null&&(e.virtualScroll?l.value?.scrollTo({index:A}):d.value?.scrollTo({index:A,elSize:y.value}))}function J(v){i.value?.contains(v.target)&&e.onFocus?.(v)}function U(v){i.value?.contains(v.relatedTarget)||e.onBlur?.(v)}it(Ot,{handleOptionMouseEnter:Q,handleOptionClick:K,valueSetRef:S,pendingTmNodeRef:u,nodePropsRef:ae(e,"nodeProps"),showCheckmarkRef:ae(e,"showCheckmark"),multipleRef:ae(e,"multiple"),valueRef:ae(e,"value"),renderLabelRef:ae(e,"renderLabel"),renderOptionRef:ae(e,"renderOption"),labelFieldRef:ae(e,"labelField"),valueFieldRef:ae(e,"valueField")}),it(Vn,i),Ze(()=>{const{value:v}=d;v&&v.sync()});const re=$(()=>{const{size:v}=e,{common:{cubicBezierEaseInOut:A},self:{height:be,borderRadius:Re,color:ke,groupHeaderTextColor:pe,actionDividerColor:fe,optionTextColorPressed:Pe,optionTextColor:ye,optionTextColorDisabled:Ce,optionTextColorActive:De,optionOpacityDisabled:Ke,optionCheckColor:Fe,actionTextColor:Ie,optionColorPending:He,optionColorActive:Ve,loadingColor:je,loadingSize:$e,optionColorActivePending:Ae,[le("optionFontSize",v)]:Oe,[le("optionHeight",v)]:f,[le("optionPadding",v)]:N}}=a.value;return{"--n-height":be,"--n-action-divider-color":fe,"--n-action-text-color":Ie,"--n-bezier":A,"--n-border-radius":Re,"--n-color":ke,"--n-option-font-size":Oe,"--n-group-header-text-color":pe,"--n-option-check-color":Fe,"--n-option-color-pending":He,"--n-option-color-active":Ve,"--n-option-color-active-pending":Ae,"--n-option-height":f,"--n-option-opacity-disabled":Ke,"--n-option-text-color":ye,"--n-option-text-color-active":De,"--n-option-text-color-disabled":Ce,"--n-option-text-color-pressed":Pe,"--n-option-padding":N,"--n-option-padding-left":Ne(N,"left"),"--n-option-padding-right":Ne(N,"right"),"--n-loading-color":je,"--n-loading-size":$e}}),{inlineThemeDisabled:Z}=e,ge=Z?Xe("internal-select-menu",$(()=>e.size[0]),re,e):void 0,ue={selfRef:i,next:x,prev:H,getPendingTmNode:j};return tn(i,e.onResize),{mergedTheme:a,mergedClsPrefix:t,rtlEnabled:o,virtualListRef:l,scrollbarRef:d,itemSize:y,padding:O,flattenedNodes:s,empty:R,mergedRenderEmpty:F,virtualListContainer(){const{value:v}=l;return v?.listElRef},virtualListContent(){const{value:v}=l;return v?.itemsElRef},doScroll:m,handleFocusin:J,handleFocusout:U,handleKeyUp:oe,handleKeyDown:q,handleMouseDown:p,handleVirtualListResize:D,handleVirtualListScroll:I,cssVars:Z?void 0:re,themeClass:ge?.themeClass,onRender:ge?.onRender,...ue}},render(){const{$slots:e,virtualScroll:t,clsPrefix:n,mergedTheme:r,themeClass:o,onRender:a}=this;return a?.(),h(),k("div",{ref:"selfRef",tabindex:this.focusable?0:-1,class:M([`${n}-base-select-menu`,`${n}-base-select-menu--${this.size}-size`,this.rtlEnabled&&`${n}-base-select-menu--rtl`,o,this.multiple&&`${n}-base-select-menu--multiple`]),style:We(this.cssVars),onFocusin:this.handleFocusin,onFocusout:this.handleFocusout,onKeyup:this.handleKeyUp,onKeydown:this.handleKeyDown,onMousedown:this.handleMouseDown,onMouseenter:this.onMouseenter,onMouseleave:this.onMouseleave},[T(()=>at(e.header,i=>i&&(h(),k("div",{class:M(`${n}-base-select-menu__header`),"data-header":!0,key:"header"},[T(()=>i)],2)))),this.loading?(h(),k("div",{key:0,class:M(`${n}-base-select-menu__loading`)},[(h(),Y(Hn,{clsPrefix:n,strokeWidth:20},null,8,["clsPrefix"]))],2)):(h(),k(se,{key:1},[this.empty?(h(),k("div",{key:1,class:M(`${n}-base-select-menu__empty`),"data-empty":!0},[T(()=>Dn(e.empty,()=>[this.mergedRenderEmpty?.()||(h(),Y(fo,{theme:r.peers.Empty,themeOverrides:r.peerOverrides.Empty,size:this.size},null,8,["theme","themeOverrides","size"]))]))],2)):(h(),Y(Wn,ze({key:0,ref:"scrollbarRef",theme:r.peers.Scrollbar,themeOverrides:r.peerOverrides.Scrollbar,scrollable:this.scrollable,container:t?this.virtualListContainer:void 0,content:t?this.virtualListContent:void 0,onScroll:t?void 0:this.doScroll},this.scrollbarProps),{default:()=>t?(h(),Y(bo,{key:1,ref:"virtualListRef",class:M(`${n}-virtual-list`),items:this.flattenedNodes,itemSize:this.itemSize,showScrollbar:!1,paddingTop:this.padding.top,paddingBottom:this.padding.bottom,onResize:this.handleVirtualListResize,onScroll:this.handleVirtualListScroll,itemResizable:!0},{default:({item:i})=>i.isGroup?(h(),Y(Kt,{key:i.key,clsPrefix:n,tmNode:i},null,8,["clsPrefix","tmNode"])):i.ignored?null:(h(),Y(Ht,{clsPrefix:n,key:i.key,tmNode:i},null,8,["clsPrefix","tmNode"]))},1032,["class","items","itemSize","paddingTop","paddingBottom","onResize","onScroll"])):(h(),k("div",{key:4,class:M(`${n}-base-select-menu-option-wrapper`),style:We({paddingTop:this.padding.top,paddingBottom:this.padding.bottom})},[T(()=>this.flattenedNodes.map(i=>i.isGroup?(h(),Y(Kt,{key:i.key,clsPrefix:n,tmNode:i},null,8,["clsPrefix","tmNode"])):(h(),Y(Ht,{clsPrefix:n,key:i.key,tmNode:i},null,8,["clsPrefix","tmNode"]))))],6))},1040,["theme","themeOverrides","scrollable","container","content","onScroll"]))],64)),T(()=>at(e.action,i=>i&&[(h(),k("div",{class:M(`${n}-base-select-menu__action`),"data-action":!0,key:"action"},[T(()=>i)],2)),(h(),Y(Po,{onFocus:this.onTabOut,key:"focus-detector"},null,8,["onFocus"]))]))],46,nr)}});function ct(e){return e.type==="group"}function rn(e){return e.type==="ignored"}function kt(e,t){try{return!!(1+t.toString().toLowerCase().indexOf(e.trim().toLowerCase()))}catch{return!1}}function rr(e,t){return{getIsGroup:ct,getIgnored:rn,getKey(n){return ct(n)?n.name||n.key||"key-required":n[e]},getChildren(n){return n[t]}}}function lr(e,t,n,r){if(!t)return e;function o(a){if(!Array.isArray(a))return[];const i=[];for(const l of a)if(ct(l)){const d=o(l[r]);d.length&&i.push(Object.assign({},l,{[r]:d}))}else{if(rn(l))continue;t(n,l)&&i.push(l)}return i}return o(e)}function ir(e,t,n){const r=new Map;return e.forEach(o=>{ct(o)?o[n].forEach(a=>{r.set(a[t],a)}):r.set(o[t],o)}),r}var ar=he([V("base-selection",`
 --n-padding-single: var(--n-padding-single-top) var(--n-padding-single-right) var(--n-padding-single-bottom) var(--n-padding-single-left);
 --n-padding-multiple: var(--n-padding-multiple-top) var(--n-padding-multiple-right) var(--n-padding-multiple-bottom) var(--n-padding-multiple-left);
 position: relative;
 z-index: auto;
 box-shadow: none;
 width: 100%;
 max-width: 100%;
 display: inline-block;
 vertical-align: bottom;
 border-radius: var(--n-border-radius);
 min-height: var(--n-height);
 line-height: 1.5;
 font-size: var(--n-font-size);
 `,[V("base-loading",`
 color: var(--n-loading-color);
 `),V("base-selection-tags","min-height: var(--n-height);"),W("border, state-border",`
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 pointer-events: none;
 border: var(--n-border);
 border-radius: inherit;
 transition:
 box-shadow .3s var(--n-bezier),
 border-color .3s var(--n-bezier);
 `),W("state-border",`
 z-index: 1;
 border-color: #0000;
 `),V("base-suffix",`
 cursor: pointer;
 position: absolute;
 top: 50%;
 transform: translateY(-50%);
 right: 10px;
 `,[W("arrow",`
 font-size: var(--n-arrow-size);
 color: var(--n-arrow-color);
 transition: color .3s var(--n-bezier);
 `)]),V("base-selection-overlay",`
 display: flex;
 align-items: center;
 white-space: nowrap;
 pointer-events: none;
 position: absolute;
 top: 0;
 right: 0;
 bottom: 0;
 left: 0;
 padding: var(--n-padding-single);
 transition: color .3s var(--n-bezier);
 `,[W("wrapper",`
 flex-basis: 0;
 flex-grow: 1;
 overflow: hidden;
 text-overflow: ellipsis;
 `)]),V("base-selection-placeholder",`
 color: var(--n-placeholder-color);
 `,[W("inner",`
 max-width: 100%;
 overflow: hidden;
 `)]),V("base-selection-tags",`
 cursor: pointer;
 outline: none;
 box-sizing: border-box;
 position: relative;
 z-index: auto;
 display: flex;
 padding: var(--n-padding-multiple);
 flex-wrap: wrap;
 align-items: center;
 width: 100%;
 vertical-align: bottom;
 background-color: var(--n-color);
 border-radius: inherit;
 transition:
 color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier),
 background-color .3s var(--n-bezier);
 `),V("base-selection-label",`
 height: var(--n-height);
 display: inline-flex;
 width: 100%;
 vertical-align: bottom;
 cursor: pointer;
 outline: none;
 z-index: auto;
 box-sizing: border-box;
 position: relative;
 transition:
 color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier),
 background-color .3s var(--n-bezier);
 border-radius: inherit;
 background-color: var(--n-color);
 align-items: center;
 `,[V("base-selection-input",`
 font-size: inherit;
 line-height: inherit;
 outline: none;
 cursor: pointer;
 box-sizing: border-box;
 border:none;
 width: 100%;
 padding: var(--n-padding-single);
 background-color: #0000;
 color: var(--n-text-color);
 transition: color .3s var(--n-bezier);
 caret-color: var(--n-caret-color);
 `,[W("content",`
 text-overflow: ellipsis;
 overflow: hidden;
 white-space: nowrap; 
 `)]),W("render-label",`
 color: var(--n-text-color);
 `)]),Be("disabled",[he("&:hover",[W("state-border",`
 box-shadow: var(--n-box-shadow-hover);
 border: var(--n-border-hover);
 `)]),ie("focus",[W("state-border",`
 box-shadow: var(--n-box-shadow-focus);
 border: var(--n-border-focus);
 `)]),ie("active",[W("state-border",`
 box-shadow: var(--n-box-shadow-active);
 border: var(--n-border-active);
 `),V("base-selection-label","background-color: var(--n-color-active);"),V("base-selection-tags","background-color: var(--n-color-active);")])]),ie("disabled","cursor: not-allowed;",[W("arrow",`
 color: var(--n-arrow-color-disabled);
 `),V("base-selection-label",`
 cursor: not-allowed;
 background-color: var(--n-color-disabled);
 `,[V("base-selection-input",`
 cursor: not-allowed;
 color: var(--n-text-color-disabled);
 `),W("render-label",`
 color: var(--n-text-color-disabled);
 `)]),V("base-selection-tags",`
 cursor: not-allowed;
 background-color: var(--n-color-disabled);
 `),V("base-selection-placeholder",`
 cursor: not-allowed;
 color: var(--n-placeholder-color-disabled);
 `)]),V("base-selection-input-tag",`
 height: calc(var(--n-height) - 6px);
 line-height: calc(var(--n-height) - 6px);
 outline: none;
 display: none;
 position: relative;
 margin-bottom: 3px;
 max-width: 100%;
 vertical-align: bottom;
 `,[W("input",`
 font-size: inherit;
 font-family: inherit;
 min-width: 1px;
 padding: 0;
 background-color: #0000;
 outline: none;
 border: none;
 max-width: 100%;
 overflow: hidden;
 width: 1em;
 line-height: inherit;
 cursor: pointer;
 color: var(--n-text-color);
 caret-color: var(--n-caret-color);
 `),W("mirror",`
 position: absolute;
 left: 0;
 top: 0;
 white-space: pre;
 visibility: hidden;
 user-select: none;
 -webkit-user-select: none;
 opacity: 0;
 `)]),["warning","error"].map(e=>ie(`${e}-status`,[W("state-border",`border: var(--n-border-${e});`),Be("disabled",[he("&:hover",[W("state-border",`
 box-shadow: var(--n-box-shadow-hover-${e});
 border: var(--n-border-hover-${e});
 `)]),ie("active",[W("state-border",`
 box-shadow: var(--n-box-shadow-active-${e});
 border: var(--n-border-active-${e});
 `),V("base-selection-label",`background-color: var(--n-color-active-${e});`),V("base-selection-tags",`background-color: var(--n-color-active-${e});`)]),ie("focus",[W("state-border",`
 box-shadow: var(--n-box-shadow-focus-${e});
 border: var(--n-border-focus-${e});
 `)])])]))]),V("base-selection-popover",`
 margin-bottom: -3px;
 display: flex;
 flex-wrap: wrap;
 margin-right: -8px;
 `),V("base-selection-tag-wrapper",`
 max-width: 100%;
 display: inline-flex;
 padding: 0 7px 3px 0;
 `,[he("&:last-child","padding-right: 0;"),V("tag",`
 font-size: 14px;
 max-width: 100%;
 `,[W("content",`
 line-height: 1.25;
 text-overflow: ellipsis;
 overflow: hidden;
 `)])])]);const sr=["disabled","value","autofocus","onBlur","onFocus","onKeydown","onInput","onCompositionstart","onCompositionend"],cr=["tabindex"],dr=["title"],ur=["value","readonly","disabled","autofocus","onFocus","onBlur","onInput","onCompositionstart","onCompositionend"],fr=["tabindex"],hr=["onClick","onMouseenter","onMouseleave","onKeydown","onFocusin","onFocusout","onMousedown"];var gr=ve({name:"InternalSelection",props:{...xe.props,clsPrefix:{type:String,required:!0},bordered:{type:Boolean,default:void 0},active:Boolean,pattern:{type:String,default:""},placeholder:String,selectedOption:{type:Object,default:null},selectedOptions:{type:Array,default:null},labelField:{type:String,default:"label"},valueField:{type:String,default:"value"},multiple:Boolean,filterable:Boolean,clearable:Boolean,disabled:Boolean,size:{type:String,default:"medium"},loading:Boolean,autofocus:Boolean,showArrow:{type:Boolean,default:!0},inputProps:Object,focused:Boolean,renderTag:Function,onKeydown:Function,onClick:Function,onBlur:Function,onFocus:Function,onDeleteOption:Function,maxTagCount:[String,Number],ellipsisTagPopoverProps:Object,onClear:Function,onPatternInput:Function,onPatternFocus:Function,onPatternBlur:Function,renderLabel:Function,status:String,inlineThemeDisabled:Boolean,ignoreComposition:{type:Boolean,default:!0},onResize:Function},setup(e){const{mergedClsPrefixRef:t,mergedRtlRef:n}=qe(e),r=It("InternalSelection",n,t),o=E(null),a=E(null),i=E(null),l=E(null),d=E(null),s=E(null),g=E(null),u=E(null),z=E(null),P=E(null),w=E(!1),y=E(!1),O=E(!1),S=xe("InternalSelection","-internal-selection",ar,qn,e,ae(e,"clsPrefix")),R=$(()=>e.clearable&&!e.disabled&&(O.value||e.active)),F=$(()=>e.selectedOption?e.renderTag?e.renderTag({option:e.selectedOption,handleClose:()=>{}}):e.renderLabel?e.renderLabel(e.selectedOption,!0):Le(e.selectedOption[e.labelField],e.selectedOption,!0):e.placeholder),b=$(()=>{const f=e.selectedOption;if(f)return f[e.labelField]}),m=$(()=>e.multiple?!!(Array.isArray(e.selectedOptions)&&e.selectedOptions.length):e.selectedOption!==null);function I(){const{value:f}=o;if(f){const{value:N}=a;N&&(N.style.width=`${f.offsetWidth}px`,e.maxTagCount!=="responsive"&&z.value?.sync({showAllItemsBeforeCalculate:!1}))}}function D(){const{value:f}=P;f&&(f.style.display="none")}function j(){const{value:f}=P;f&&(f.style.display="inline-block")}Ee(ae(e,"active"),f=>{f||D()}),Ee(ae(e,"pattern"),()=>{e.multiple&&Ft(I)});function Q(f){const{onFocus:N}=e;N&&N(f)}function K(f){const{onBlur:N}=e;N&&N(f)}function oe(f){const{onDeleteOption:N}=e;N&&N(f)}function q(f){const{onClear:N}=e;N&&N(f)}function p(f){const{onPatternInput:N}=e;N&&N(f)}function x(f){(!f.relatedTarget||!i.value?.contains(f.relatedTarget))&&Q(f)}function H(f){i.value?.contains(f.relatedTarget)||K(f)}function L(f){q(f)}function te(){O.value=!0}function J(){O.value=!1}function U(f){!e.active||!e.filterable||f.target!==a.value&&f.preventDefault()}function re(f){oe(f)}const Z=E(!1);function ge(f){if(f.key==="Backspace"&&!Z.value&&!e.pattern.length){const{selectedOptions:N}=e;N?.length&&re(N[N.length-1])}}let ue=null;function v(f){const{value:N}=o;N&&(N.textContent=f.target.value,I()),e.ignoreComposition&&Z.value?ue=f:p(f)}function A(){Z.value=!0}function be(){Z.value=!1,e.ignoreComposition&&p(ue),ue=null}function Re(f){y.value=!0,e.onPatternFocus?.(f)}function ke(f){y.value=!1,e.onPatternBlur?.(f)}function pe(){if(e.filterable)y.value=!1,s.value?.blur(),a.value?.blur();else if(e.multiple){const{value:f}=l;f?.blur()}else{const{value:f}=d;f?.blur()}}function fe(){e.filterable?(y.value=!1,s.value?.focus()):e.multiple?l.value?.focus():d.value?.focus()}function Pe(){const{value:f}=a;f&&(j(),f.focus())}function ye(){const{value:f}=a;f&&f.blur()}function Ce(f){const{value:N}=g;N&&N.setTextContent(`+${f}`)}function De(){const{value:f}=u;return f}function Ke(){return a.value}let Fe=null;function Ie(){Fe!==null&&window.clearTimeout(Fe)}function He(){e.active||(Ie(),Fe=window.setTimeout(()=>{m.value&&(w.value=!0)},100))}function Ve(){Ie()}function je(f){f||(Ie(),w.value=!1)}Ee(m,f=>{f||(w.value=!1)}),Ze(()=>{Xn(()=>{const f=s.value;f&&(e.disabled?f.removeAttribute("tabindex"):f.tabIndex=y.value?-1:0)})}),tn(i,e.onResize);const{inlineThemeDisabled:$e}=e,Ae=$(()=>{const{size:f}=e,{common:{cubicBezierEaseInOut:N},self:{fontWeight:dt,borderRadius:ut,color:ft,placeholderColor:ht,textColor:Ye,paddingSingle:Qe,paddingMultiple:Je,caretColor:gt,colorDisabled:vt,textColorDisabled:et,placeholderColorDisabled:tt,colorActive:c,boxShadowFocus:C,boxShadowActive:B,boxShadowHover:_,border:G,borderFocus:X,borderHover:ee,borderActive:ce,arrowColor:Me,arrowColorDisabled:ln,loadingColor:an,colorActiveWarning:sn,boxShadowFocusWarning:cn,boxShadowActiveWarning:dn,boxShadowHoverWarning:un,borderWarning:fn,borderFocusWarning:hn,borderHoverWarning:gn,borderActiveWarning:vn,colorActiveError:bn,boxShadowFocusError:pn,boxShadowActiveError:mn,boxShadowHoverError:yn,borderError:Cn,borderFocusError:wn,borderHoverError:xn,borderActiveError:kn,clearColor:Sn,clearColorHover:Rn,clearColorPressed:Pn,clearSize:Tn,arrowSize:zn,[le("height",f)]:Fn,[le("fontSize",f)]:In}}=S.value,nt=Ne(Qe),ot=Ne(Je);return{"--n-bezier":N,"--n-border":G,"--n-border-active":ce,"--n-border-focus":X,"--n-border-hover":ee,"--n-border-radius":ut,"--n-box-shadow-active":B,"--n-box-shadow-focus":C,"--n-box-shadow-hover":_,"--n-caret-color":gt,"--n-color":ft,"--n-color-active":c,"--n-color-disabled":vt,"--n-font-size":In,"--n-height":Fn,"--n-padding-single-top":nt.top,"--n-padding-multiple-top":ot.top,"--n-padding-single-right":nt.right,"--n-padding-multiple-right":ot.right,"--n-padding-single-left":nt.left,"--n-padding-multiple-left":ot.left,"--n-padding-single-bottom":nt.bottom,"--n-padding-multiple-bottom":ot.bottom,"--n-placeholder-color":ht,"--n-placeholder-color-disabled":tt,"--n-text-color":Ye,"--n-text-color-disabled":et,"--n-arrow-color":Me,"--n-arrow-color-disabled":ln,"--n-loading-color":an,"--n-color-active-warning":sn,"--n-box-shadow-focus-warning":cn,"--n-box-shadow-active-warning":dn,"--n-box-shadow-hover-warning":un,"--n-border-warning":fn,"--n-border-focus-warning":hn,"--n-border-hover-warning":gn,"--n-border-active-warning":vn,"--n-color-active-error":bn,"--n-box-shadow-focus-error":pn,"--n-box-shadow-active-error":mn,"--n-box-shadow-hover-error":yn,"--n-border-error":Cn,"--n-border-focus-error":wn,"--n-border-hover-error":xn,"--n-border-active-error":kn,"--n-clear-size":Tn,"--n-clear-color":Sn,"--n-clear-color-hover":Rn,"--n-clear-color-pressed":Pn,"--n-arrow-size":zn,"--n-font-weight":dt}}),Oe=$e?Xe("internal-selection",$(()=>e.size[0]),Ae,e):void 0;return{mergedTheme:S,mergedClearable:R,mergedClsPrefix:t,rtlEnabled:r,patternInputFocused:y,filterablePlaceholder:F,label:b,selected:m,showTagsPanel:w,isComposing:Z,counterRef:g,counterWrapperRef:u,patternInputMirrorRef:o,patternInputRef:a,selfRef:i,multipleElRef:l,singleElRef:d,patternInputWrapperRef:s,overflowRef:z,inputTagElRef:P,handleMouseDown:U,handleFocusin:x,handleClear:L,handleMouseEnter:te,handleMouseLeave:J,handleDeleteOption:re,handlePatternKeyDown:ge,handlePatternInputInput:v,handlePatternInputBlur:ke,handlePatternInputFocus:Re,handleMouseEnterCounter:He,handleMouseLeaveCounter:Ve,handleFocusout:H,handleCompositionEnd:be,handleCompositionStart:A,onPopoverUpdateShow:je,focus:fe,focusInput:Pe,blur:pe,blurInput:ye,updateCounter:Ce,getCounter:De,getTail:Ke,renderLabel:e.renderLabel,cssVars:$e?void 0:Ae,themeClass:Oe?.themeClass,onRender:Oe?.onRender}},render(){const{status:e,multiple:t,size:n,disabled:r,filterable:o,maxTagCount:a,bordered:i,clsPrefix:l,ellipsisTagPopoverProps:d,onRender:s,renderTag:g,renderLabel:u}=this;s?.();const z=a==="responsive",P=typeof a=="number",w=z||P,y=(h(),Y(Un,null,{default:()=>(h(),Y(jn,{clsPrefix:l,loading:this.loading,showArrow:this.showArrow,showClear:this.mergedClearable&&this.selected,onClear:this.handleClear},{default:()=>this.$slots.arrow?.()},1032,["clsPrefix","loading","showArrow","showClear","onClear"]))},1024));let O;if(t){const{labelField:S}=this,R=q=>(h(),k("div",{class:M(`${l}-base-selection-tag-wrapper`),key:q.value},[g?(h(),k(se,{key:0},[T(()=>g({option:q,handleClose:()=>{this.handleDeleteOption(q)}}))],64)):(h(),Y(yt,{key:1,size:n,closable:!q.disabled,disabled:r,onClose:()=>{this.handleDeleteOption(q)},internalCloseIsButtonTag:!1,internalCloseFocusable:!1},{default:()=>u?u(q,!0):Le(q[S],q,!0)},1032,["size","closable","disabled","onClose"]))],2)),F=()=>(P?this.selectedOptions.slice(0,a):this.selectedOptions).map(R),b=o?(h(),k("div",{class:M(`${l}-base-selection-input-tag`),ref:"inputTagElRef",key:"__input-tag__"},[de("input",ze(this.inputProps,{ref:"patternInputRef",tabindex:-1,disabled:r,value:this.pattern,autofocus:this.autofocus,class:`${l}-base-selection-input-tag__input`,onBlur:this.handlePatternInputBlur,onFocus:this.handlePatternInputFocus,onKeydown:this.handlePatternKeyDown,onInput:this.handlePatternInputInput,onCompositionstart:this.handleCompositionStart,onCompositionend:this.handleCompositionEnd}),null,16,sr),de("span",{ref:"patternInputMirrorRef",class:M(`${l}-base-selection-input-tag__mirror`)},[T(()=>this.pattern)],2)],2)):null,m=z?()=>(h(),k("div",{class:M(`${l}-base-selection-tag-wrapper`),ref:"counterWrapperRef"},[(h(),Y(yt,{size:n,ref:"counterRef",onMouseenter:this.handleMouseEnterCounter,onMouseleave:this.handleMouseLeaveCounter,disabled:r},null,8,["size","onMouseenter","onMouseleave","disabled"]))],2)):void 0;let I;if(P){const q=this.selectedOptions.length-a;q>0&&(I=(p=>(h(),k("div",{class:M(`${l}-base-selection-tag-wrapper`),key:"__counter__"},[(h(),Y(yt,{size:n,ref:"counterRef",onMouseenter:this.handleMouseEnterCounter,disabled:r},{default:()=>`+${q}`},1032,["size","onMouseenter","disabled"]))],2)))())}const D=z?o?(h(),Y(Wt,{key:3,ref:"overflowRef",updateCounter:this.updateCounter,getCounter:this.getCounter,getTail:this.getTail,style:{width:"100%",display:"flex",overflow:"hidden"}},{default:F,counter:m,tail:()=>b},1032,["updateCounter","getCounter","getTail"])):(h(),Y(Wt,{key:4,ref:"overflowRef",updateCounter:this.updateCounter,getCounter:this.getCounter,style:{width:"100%",display:"flex",overflow:"hidden"}},{default:F,counter:m},1032,["updateCounter","getCounter"])):P&&I?F().concat(I):F(),j=w?()=>(h(),k("div",{class:M(`${l}-base-selection-popover`)},[z?(h(),k(se,{key:0},[T(()=>F())],64)):(h(),k(se,{key:1},[T(()=>this.selectedOptions.map(R))],64))],2)):void 0,Q=w?{show:this.showTagsPanel,trigger:"hover",overlap:!0,placement:"top",width:"trigger",onUpdateShow:this.onPopoverUpdateShow,theme:this.mergedTheme.peers.Popover,themeOverrides:this.mergedTheme.peerOverrides.Popover,...d}:null,K=!this.selected&&(!this.active||!this.pattern&&!this.isComposing)?(h(),k("div",{key:5,class:M(`${l}-base-selection-placeholder ${l}-base-selection-overlay`)},[de("div",{class:M(`${l}-base-selection-placeholder__inner`)},[T(()=>this.placeholder)],2)],2)):null,oe=o?(h(),k("div",{key:6,ref:"patternInputWrapperRef",class:M(`${l}-base-selection-tags`)},[T(()=>D),z?T(()=>null):(h(),k(se,{key:1},[T(()=>b)],64)),T(()=>y)],2)):(h(),k("div",{key:7,ref:"multipleElRef",class:M(`${l}-base-selection-tags`),tabindex:r?void 0:0},[T(()=>D),T(()=>y)],10,cr));O=(q=>(h(),k(se,{key:8},[w?(h(),Y(Gn,ze({key:0},Q,{scrollable:!0,style:"max-height: calc(var(--v-target-height) * 6.6);"}),{trigger:()=>oe,default:j},1040)):(h(),k(se,{key:1},[T(()=>oe)],64)),T(()=>K)],64)))()}else if(o){const S=this.pattern||this.isComposing,R=this.active?!S:!this.selected,F=this.active?!1:this.selected;O=(b=>(h(),k("div",{key:9,ref:"patternInputWrapperRef",class:M(`${l}-base-selection-label`),title:this.patternInputFocused?void 0:Dt(this.label)},[de("input",ze(this.inputProps,{ref:"patternInputRef",class:`${l}-base-selection-input`,value:this.active?this.pattern:"",placeholder:"",readonly:r,disabled:r,tabindex:-1,autofocus:this.autofocus,onFocus:this.handlePatternInputFocus,onBlur:this.handlePatternInputBlur,onInput:this.handlePatternInputInput,onCompositionstart:this.handleCompositionStart,onCompositionend:this.handleCompositionEnd}),null,16,ur),F?(h(),k("div",{class:M(`${l}-base-selection-label__render-label ${l}-base-selection-overlay`),key:"input"},[de("div",{class:M(`${l}-base-selection-overlay__wrapper`)},[g?(h(),k(se,{key:0},[T(()=>g({option:this.selectedOption,handleClose:()=>{}}))],64)):(h(),k(se,{key:1},[u?(h(),k(se,{key:0},[T(()=>u(this.selectedOption,!0))],64)):(h(),k(se,{key:1},[T(()=>Le(this.label,this.selectedOption,!0))],64))],64))],2)],2)):T(()=>null),R?(h(),k("div",{class:M(`${l}-base-selection-placeholder ${l}-base-selection-overlay`),key:"placeholder"},[de("div",{class:M(`${l}-base-selection-overlay__wrapper`)},[T(()=>this.filterablePlaceholder)],2)],2)):T(()=>null),T(()=>y)],10,dr)))()}else O=(S=>(h(),k("div",{key:10,ref:"singleElRef",class:M(`${l}-base-selection-label`),tabindex:this.disabled?void 0:0},[this.label!==void 0?(h(),k("div",{class:M(`${l}-base-selection-input`),title:Dt(this.label),key:"input"},[de("div",{class:M(`${l}-base-selection-input__content`)},[g?(h(),k(se,{key:0},[T(()=>g({option:this.selectedOption,handleClose:()=>{}}))],64)):(h(),k(se,{key:1},[u?(h(),k(se,{key:0},[T(()=>u(this.selectedOption,!0))],64)):(h(),k(se,{key:1},[T(()=>Le(this.label,this.selectedOption,!0))],64))],64))],2)],10,["title"])):(h(),k("div",{class:M(`${l}-base-selection-placeholder ${l}-base-selection-overlay`),key:"placeholder"},[de("div",{class:M(`${l}-base-selection-placeholder__inner`)},[T(()=>this.placeholder)],2)],2)),T(()=>y)],10,fr)))();return h(),k("div",{ref:"selfRef",class:M([`${l}-base-selection`,this.rtlEnabled&&`${l}-base-selection--rtl`,this.themeClass,e&&`${l}-base-selection--${e}-status`,{[`${l}-base-selection--active`]:this.active,[`${l}-base-selection--selected`]:this.selected||this.active&&this.pattern,[`${l}-base-selection--disabled`]:this.disabled,[`${l}-base-selection--multiple`]:this.multiple,[`${l}-base-selection--focus`]:this.focused}]),style:We(this.cssVars),onClick:this.onClick,onMouseenter:this.handleMouseEnter,onMouseleave:this.handleMouseLeave,onKeydown:this.onKeydown,onFocusin:this.handleFocusin,onFocusout:this.handleFocusout,onMousedown:this.handleMouseDown},[T(()=>O),i?(h(),k("div",{key:0,class:M(`${l}-base-selection__border`)},null,2)):T(()=>null),i?(h(),k("div",{key:2,class:M(`${l}-base-selection__state-border`)},null,2)):T(()=>null)],46,hr)}}),vr=he([V("select",`
 z-index: auto;
 outline: none;
 width: 100%;
 position: relative;
 font-weight: var(--n-font-weight);
 `),V("select-menu",`
 margin: 4px 0;
 box-shadow: var(--n-menu-box-shadow);
 `,[Qt({originalTransition:"background-color .3s var(--n-bezier), box-shadow .3s var(--n-bezier)"})])]);const br={...xe.props,to:Rt.propTo,bordered:{type:Boolean,default:void 0},clearable:Boolean,clearCreatedOptionsOnClear:{type:Boolean,default:!0},clearFilterAfterSelect:{type:Boolean,default:!0},options:{type:Array,default:()=>[]},defaultValue:{type:[String,Number,Array],default:null},keyboard:{type:Boolean,default:!0},value:[String,Number,Array],placeholder:String,menuProps:Object,multiple:Boolean,size:String,menuSize:{type:String},filterable:Boolean,disabled:{type:Boolean,default:void 0},remote:Boolean,loading:Boolean,filter:Function,placement:{type:String,default:"bottom-start"},widthMode:{type:String,default:"trigger"},tag:Boolean,onCreate:Function,fallbackOption:{type:[Function,Boolean],default:void 0},show:{type:Boolean,default:void 0},showArrow:{type:Boolean,default:!0},maxTagCount:[Number,String],ellipsisTagPopoverProps:Object,consistentMenuWidth:{type:Boolean,default:!0},virtualScroll:{type:Boolean,default:!0},labelField:{type:String,default:"label"},valueField:{type:String,default:"value"},childrenField:{type:String,default:"children"},renderLabel:Function,renderOption:Function,renderTag:Function,"onUpdate:value":[Function,Array],inputProps:Object,nodeProps:Function,ignoreComposition:{type:Boolean,default:!0},showOnFocus:Boolean,onUpdateValue:[Function,Array],onBlur:[Function,Array],onClear:[Function,Array],onFocus:[Function,Array],onScroll:[Function,Array],onSearch:[Function,Array],onUpdateShow:[Function,Array],"onUpdate:show":[Function,Array],displayDirective:{type:String,default:"show"},resetMenuOnOptionsChange:{type:Boolean,default:!0},status:String,showCheckmark:{type:Boolean,default:!0},scrollbarProps:Object,onChange:[Function,Array],items:Array};var yr=ve({name:"Select",props:br,slots:Object,setup(e){const{mergedClsPrefixRef:t,mergedBorderedRef:n,namespaceRef:r,inlineThemeDisabled:o,mergedComponentPropsRef:a}=qe(e),i=xe("Select","-select",vr,Qn,e,t),l=E(e.defaultValue),d=ae(e,"value"),s=Et(d,l),g=E(!1),u=E(""),z=oo(e,["items","options"]),P=E([]),w=E([]),y=$(()=>w.value.concat(P.value).concat(z.value)),O=$(()=>{const{filter:c}=e;if(c)return c;const{labelField:C,valueField:B}=e;return(_,G)=>{if(!G)return!1;const X=G[C];if(typeof X=="string")return kt(_,X);const ee=G[B];return typeof ee=="string"?kt(_,ee):typeof ee=="number"?kt(_,String(ee)):!1}}),S=$(()=>{if(e.remote)return z.value;{const{value:c}=y,{value:C}=u;return!C.length||!e.filterable?c:lr(c,O.value,C,e.childrenField)}}),R=$(()=>{const{valueField:c,childrenField:C}=e,B=rr(c,C);return tr(S.value,B)}),F=$(()=>ir(y.value,e.valueField,e.childrenField)),b=E(!1),m=Et(ae(e,"show"),b),I=E(null),D=E(null),j=E(null),{localeRef:Q}=Gt("Select"),K=$(()=>e.placeholder??Q.value.placeholder),oe=[],q=E(new Map),p=$(()=>{const{fallbackOption:c}=e;if(c===void 0){const{labelField:C,valueField:B}=e;return _=>({[C]:String(_),[B]:_})}return c===!1?!1:C=>Object.assign(c(C),{value:C})});function x(c){const C=e.remote,{value:B}=q,{value:_}=F,{value:G}=p,X=[];return c.forEach(ee=>{if(_.has(ee))X.push(_.get(ee));else if(C&&B.has(ee))X.push(B.get(ee));else if(G){const ce=G(ee);ce&&X.push(ce)}}),X}const H=$(()=>{if(e.multiple){const{value:c}=s;return Array.isArray(c)?x(c):[]}return null}),L=$(()=>{const{value:c}=s;return!e.multiple&&!Array.isArray(c)?c===null?null:x([c])[0]||null:null}),te=Jn(e,{mergedSize:c=>{const{size:C}=e;if(C)return C;const{mergedSize:B}=c||{};if(B?.value)return B.value;const _=a?.value?.Select?.size;return _||"medium"}}),{mergedSizeRef:J,mergedDisabledRef:U,mergedStatusRef:re}=te;function Z(c,C){const{onChange:B,"onUpdate:value":_,onUpdateValue:G}=e,{nTriggerFormChange:X,nTriggerFormInput:ee}=te;B&&me(B,c,C),G&&me(G,c,C),_&&me(_,c,C),l.value=c,X(),ee()}function ge(c){const{onBlur:C}=e,{nTriggerFormBlur:B}=te;C&&me(C,c),B()}function ue(){const{onClear:c}=e;c&&me(c)}function v(c){const{onFocus:C,showOnFocus:B}=e,{nTriggerFormFocus:_}=te;C&&me(C,c),_(),B&&pe()}function A(c){const{onSearch:C}=e;C&&me(C,c)}function be(c){const{onScroll:C}=e;C&&me(C,c)}function Re(){const{remote:c,multiple:C}=e;if(c){const{value:B}=q;if(C){const{valueField:_}=e;H.value?.forEach(G=>{B.set(G[_],G)})}else{const _=L.value;_&&B.set(_[e.valueField],_)}}}function ke(c){const{onUpdateShow:C,"onUpdate:show":B}=e;C&&me(C,c),B&&me(B,c),b.value=c}function pe(){U.value||(ke(!0),b.value=!0,e.filterable&&Je())}function fe(){ke(!1)}function Pe(){u.value="",w.value=oe}const ye=E(!1);function Ce(){e.filterable&&(ye.value=!0)}function De(){e.filterable&&(ye.value=!1,m.value||Pe())}function Ke(){U.value||(m.value?e.filterable?Je():fe():pe())}function Fe(c){j.value?.selfRef?.contains(c.relatedTarget)||(g.value=!1,ge(c),fe())}function Ie(c){v(c),g.value=!0}function He(){g.value=!0}function Ve(c){I.value?.$el.contains(c.relatedTarget)||(g.value=!1,ge(c),fe())}function je(){I.value?.focus(),fe()}function $e(c){m.value&&(I.value?.$el.contains(to(c))||fe())}function Ae(c){if(!Array.isArray(c))return[];if(p.value)return Array.from(c);{const{remote:C}=e,{value:B}=F;if(C){const{value:_}=q;return c.filter(G=>B.has(G)||_.has(G))}else return c.filter(_=>B.has(_))}}function Oe(c){f(c.rawNode)}function f(c){if(U.value)return;const{tag:C,remote:B,clearFilterAfterSelect:_,valueField:G}=e;if(C&&!B){const{value:X}=w,ee=X[0]||null;if(ee){const ce=P.value;ce.length?ce.push(ee):P.value=[ee],w.value=oe}}if(B&&q.value.set(c[G],c),e.multiple){const X=Ae(s.value),ee=X.findIndex(ce=>ce===c[G]);if(~ee){if(X.splice(ee,1),C&&!B){const ce=N(c[G]);~ce&&(P.value.splice(ce,1),_&&(u.value=""))}}else X.push(c[G]),_&&(u.value="");Z(X,x(X))}else{if(C&&!B){const X=N(c[G]);~X?P.value=[P.value[X]]:P.value=oe}Qe(),fe(),Z(c[G],c)}}function N(c){return P.value.findIndex(C=>C[e.valueField]===c)}function dt(c){m.value||pe();const{value:C}=c.target;u.value=C;const{tag:B,remote:_}=e;if(A(C),B&&!_){if(!C){w.value=oe;return}const{onCreate:G}=e,X=G?G(C):{[e.labelField]:C,[e.valueField]:C},{valueField:ee,labelField:ce}=e;z.value.some(Me=>Me[ee]===X[ee]||Me[ce]===X[ce])||P.value.some(Me=>Me[ee]===X[ee]||Me[ce]===X[ce])?w.value=oe:w.value=[X]}}function ut(c){c.stopPropagation();const{multiple:C,tag:B,remote:_,clearCreatedOptionsOnClear:G}=e;!C&&e.filterable&&fe(),B&&!_&&G&&(P.value=oe),ue(),C?Z([],[]):Z(null,null)}function ft(c){!Ge(c,"action")&&!Ge(c,"empty")&&!Ge(c,"header")&&c.preventDefault()}function ht(c){be(c)}function Ye(c){if(!e.keyboard){c.preventDefault();return}switch(c.key){case" ":if(e.filterable)break;c.preventDefault();case"Enter":if(!I.value?.isComposing){if(m.value){const C=j.value?.getPendingTmNode();C?Oe(C):e.filterable||(fe(),Qe())}else if(pe(),e.tag&&ye.value){const C=w.value[0];if(C){const B=C[e.valueField],{value:_}=s;e.multiple&&Array.isArray(_)&&_.includes(B)||f(C)}}}c.preventDefault();break;case"ArrowUp":if(c.preventDefault(),e.loading)return;m.value&&j.value?.prev();break;case"ArrowDown":if(c.preventDefault(),e.loading)return;m.value?j.value?.next():pe();break;case"Escape":m.value&&(no(c),fe()),I.value?.focus()}}function Qe(){I.value?.focus()}function Je(){I.value?.focusInput()}function gt(){m.value&&D.value?.syncPosition()}Re(),Ee(ae(e,"options"),Re);const vt={focus:()=>{I.value?.focus()},focusInput:()=>{I.value?.focusInput()},blur:()=>{I.value?.blur()},blurInput:()=>{I.value?.blurInput()}},et=$(()=>{const{self:{menuBoxShadow:c}}=i.value;return{"--n-menu-box-shadow":c}}),tt=o?Xe("select",void 0,et,e):void 0;return{...vt,mergedStatus:re,mergedClsPrefix:t,mergedBordered:n,namespace:r,treeMate:R,isMounted:eo(),triggerRef:I,menuRef:j,pattern:u,uncontrolledShow:b,mergedShow:m,adjustedTo:Rt(e),uncontrolledValue:l,mergedValue:s,followerRef:D,localizedPlaceholder:K,selectedOption:L,selectedOptions:H,mergedSize:J,mergedDisabled:U,focused:g,activeWithoutMenuOpen:ye,inlineThemeDisabled:o,onTriggerInputFocus:Ce,onTriggerInputBlur:De,handleTriggerOrMenuResize:gt,handleMenuFocus:He,handleMenuBlur:Ve,handleMenuTabOut:je,handleTriggerClick:Ke,handleToggle:Oe,handleDeleteOption:f,handlePatternInput:dt,handleClear:ut,handleTriggerBlur:Fe,handleTriggerFocus:Ie,handleKeydown:Ye,handleMenuAfterLeave:Pe,handleMenuClickOutside:$e,handleMenuScroll:ht,handleMenuKeydown:Ye,handleMenuMousedown:ft,mergedTheme:i,cssVars:o?void 0:et,themeClass:tt?.themeClass,onRender:tt?.onRender}},render(){return h(),k("div",{class:M(`${this.mergedClsPrefix}-select`)},[Zn(Yn,null,{_:1,default:Te(()=>[(h(),Y(ro,null,{_:1,default:Te(()=>(h(),Y(gr,{ref:"triggerRef",inlineThemeDisabled:this.inlineThemeDisabled,status:this.mergedStatus,inputProps:this.inputProps,clsPrefix:this.mergedClsPrefix,showArrow:this.showArrow,maxTagCount:this.maxTagCount,ellipsisTagPopoverProps:this.ellipsisTagPopoverProps,bordered:this.mergedBordered,active:this.activeWithoutMenuOpen||this.mergedShow,pattern:this.pattern,placeholder:this.localizedPlaceholder,selectedOption:this.selectedOption,selectedOptions:this.selectedOptions,multiple:this.multiple,renderTag:this.renderTag,renderLabel:this.renderLabel,filterable:this.filterable,clearable:this.clearable,disabled:this.mergedDisabled,size:this.mergedSize,theme:this.mergedTheme.peers.InternalSelection,labelField:this.labelField,valueField:this.valueField,themeOverrides:this.mergedTheme.peerOverrides.InternalSelection,loading:this.loading,focused:this.focused,onClick:this.handleTriggerClick,onDeleteOption:this.handleDeleteOption,onPatternInput:this.handlePatternInput,onClear:this.handleClear,onBlur:this.handleTriggerBlur,onFocus:this.handleTriggerFocus,onKeydown:this.handleKeydown,onPatternBlur:this.onTriggerInputBlur,onPatternFocus:this.onTriggerInputFocus,onResize:this.handleTriggerOrMenuResize,ignoreComposition:this.ignoreComposition},{_:1,arrow:Te(()=>[this.$slots.arrow?.()])},8,["inlineThemeDisabled","status","inputProps","clsPrefix","showArrow","maxTagCount","ellipsisTagPopoverProps","bordered","active","pattern","placeholder","selectedOption","selectedOptions","multiple","renderTag","renderLabel","filterable","clearable","disabled","size","theme","labelField","valueField","themeOverrides","loading","focused","onClick","onDeleteOption","onPatternInput","onClear","onBlur","onFocus","onKeydown","onPatternBlur","onPatternFocus","onResize","ignoreComposition"])))})),(h(),Y(ao,{ref:"followerRef",show:this.mergedShow,to:this.adjustedTo,teleportDisabled:this.adjustedTo===Rt.tdkey,containerClass:this.namespace,width:this.consistentMenuWidth?"target":void 0,minWidth:"target",placement:this.placement},{_:1,default:Te(()=>(h(),Y(Yt,{name:"fade-in-scale-up-transition",appear:this.isMounted,onAfterLeave:this.handleMenuAfterLeave},{_:1,default:Te(()=>this.mergedShow||this.displayDirective==="show"?(this.onRender?.(),lo((h(),Y(or,ze(this.menuProps,{ref:"menuRef",onResize:this.handleTriggerOrMenuResize,inlineThemeDisabled:this.inlineThemeDisabled,virtualScroll:this.consistentMenuWidth&&this.virtualScroll,class:[`${this.mergedClsPrefix}-select-menu`,this.themeClass,this.menuProps?.class],clsPrefix:this.mergedClsPrefix,focusable:!0,labelField:this.labelField,valueField:this.valueField,autoPending:!0,nodeProps:this.nodeProps,theme:this.mergedTheme.peers.InternalSelectMenu,themeOverrides:this.mergedTheme.peerOverrides.InternalSelectMenu,treeMate:this.treeMate,multiple:this.multiple,size:this.menuSize,renderOption:this.renderOption,renderLabel:this.renderLabel,value:this.mergedValue,style:[this.menuProps?.style,this.cssVars],onToggle:this.handleToggle,onScroll:this.handleMenuScroll,onFocus:this.handleMenuFocus,onBlur:this.handleMenuBlur,onKeydown:this.handleMenuKeydown,onTabOut:this.handleMenuTabOut,onMousedown:this.handleMenuMousedown,show:this.mergedShow,showCheckmark:this.showCheckmark,resetMenuOnOptionsChange:this.resetMenuOnOptionsChange,scrollbarProps:this.scrollbarProps}),{_:1,empty:Te(()=>[this.$slots.empty?.()]),header:Te(()=>[this.$slots.header?.()]),action:Te(()=>[this.$slots.action?.()])},16,["onResize","inlineThemeDisabled","virtualScroll","class","clsPrefix","labelField","valueField","nodeProps","theme","themeOverrides","treeMate","multiple","size","renderOption","renderLabel","value","style","onToggle","onScroll","onFocus","onBlur","onKeydown","onTabOut","onMousedown","show","showCheckmark","resetMenuOnOptionsChange","scrollbarProps"])),this.displayDirective==="show"?[[io,this.mergedShow],[$t,this.handleMenuClickOutside,void 0,{capture:!0}]]:[[$t,this.handleMenuClickOutside,void 0,{capture:!0}]])):null)},8,["appear","onAfterLeave"])))},8,["show","to","teleportDisabled","containerClass","width","placement"]))])})],2)}});export{fo as E,yr as S,yt as T,bo as V,or as a,tr as b,Co as c,rr as d,Po as f,yo as t};
