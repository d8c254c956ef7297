import{b7 as oo,by as ao,aL as M,aK as n,aM as h,aN as _,bz as we,bA as to,bB as no,bC as ro,d as lo,bD as re,aP as Re,o as c,c as f,a as te,G as B,aC as g,aB as w,b as U,F as j,aT as io,bc as so,r as R,aW as co,O as xe,p as ne,ap as uo,aZ as ke,bE as ho,b5 as vo,e as x,b6 as O,br as L,bF as K,bG as fo,bt as bo,bH as mo,bI as go,bJ as po}from"./index-DfncdOnr.js";function wo(a){const k="rgba(0, 0, 0, .85)",y="0 2px 8px 0 rgba(0, 0, 0, 0.12)",{railColor:l,primaryColor:s,baseColor:z,cardColor:X,modalColor:Y,popoverColor:W,borderRadius:G,fontSize:D,opacityDisabled:V}=a;return{...ao,fontSize:D,markFontSize:D,railColor:l,railColorHover:l,fillColor:s,fillColorHover:s,opacityDisabled:V,handleColor:"#FFF",dotColor:X,dotColorModal:Y,dotColorPopover:W,handleBoxShadow:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",handleBoxShadowHover:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",handleBoxShadowActive:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",handleBoxShadowFocus:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",indicatorColor:k,indicatorBoxShadow:y,indicatorTextColor:z,indicatorBorderRadius:G,dotBorder:`2px solid ${l}`,dotBorderActive:`2px solid ${s}`,dotBoxShadow:""}}const xo={common:oo,self:wo};var ko=M([n("slider",`
 display: block;
 padding: calc((var(--n-handle-size) - var(--n-rail-height)) / 2) 0;
 position: relative;
 z-index: 0;
 width: 100%;
 cursor: pointer;
 user-select: none;
 -webkit-user-select: none;
 `,[h("reverse",[n("slider-handles",[n("slider-handle-wrapper",`
 transform: translate(50%, -50%);
 `)]),n("slider-dots",[n("slider-dot",`
 transform: translateX(50%, -50%);
 `)]),h("vertical",[n("slider-handles",[n("slider-handle-wrapper",`
 transform: translate(-50%, -50%);
 `)]),n("slider-marks",[n("slider-mark",`
 transform: translateY(calc(-50% + var(--n-dot-height) / 2));
 `)]),n("slider-dots",[n("slider-dot",`
 transform: translateX(-50%) translateY(0);
 `)])])]),h("vertical",`
 box-sizing: content-box;
 padding: 0 calc((var(--n-handle-size) - var(--n-rail-height)) / 2);
 width: var(--n-rail-width-vertical);
 height: 100%;
 `,[n("slider-handles",`
 top: calc(var(--n-handle-size) / 2);
 right: 0;
 bottom: calc(var(--n-handle-size) / 2);
 left: 0;
 `,[n("slider-handle-wrapper",`
 top: unset;
 left: 50%;
 transform: translate(-50%, 50%);
 `)]),n("slider-rail",`
 height: 100%;
 `,[_("fill",`
 top: unset;
 right: 0;
 bottom: unset;
 left: 0;
 `)]),h("with-mark",`
 width: var(--n-rail-width-vertical);
 margin: 0 32px 0 8px;
 `),n("slider-marks",`
 top: calc(var(--n-handle-size) / 2);
 right: unset;
 bottom: calc(var(--n-handle-size) / 2);
 left: 22px;
 font-size: var(--n-mark-font-size);
 `,[n("slider-mark",`
 transform: translateY(50%);
 white-space: nowrap;
 `)]),n("slider-dots",`
 top: calc(var(--n-handle-size) / 2);
 right: unset;
 bottom: calc(var(--n-handle-size) / 2);
 left: 50%;
 `,[n("slider-dot",`
 transform: translateX(-50%) translateY(50%);
 `)])]),h("disabled",`
 cursor: not-allowed;
 opacity: var(--n-opacity-disabled);
 `,[n("slider-handle",`
 cursor: not-allowed;
 `)]),h("with-mark",`
 width: 100%;
 margin: 8px 0 32px 0;
 `),M("&:hover",[n("slider-rail",{backgroundColor:"var(--n-rail-color-hover)"},[_("fill",{backgroundColor:"var(--n-fill-color-hover)"})]),n("slider-handle",{boxShadow:"var(--n-handle-box-shadow-hover)"})]),h("active",[n("slider-rail",{backgroundColor:"var(--n-rail-color-hover)"},[_("fill",{backgroundColor:"var(--n-fill-color-hover)"})]),n("slider-handle",{boxShadow:"var(--n-handle-box-shadow-hover)"})]),n("slider-marks",`
 position: absolute;
 top: 18px;
 left: calc(var(--n-handle-size) / 2);
 right: calc(var(--n-handle-size) / 2);
 `,[n("slider-mark",`
 position: absolute;
 transform: translateX(-50%);
 white-space: nowrap;
 `)]),n("slider-rail",`
 width: 100%;
 position: relative;
 height: var(--n-rail-height);
 background-color: var(--n-rail-color);
 transition: background-color .3s var(--n-bezier);
 border-radius: calc(var(--n-rail-height) / 2);
 `,[_("fill",`
 position: absolute;
 top: 0;
 bottom: 0;
 border-radius: calc(var(--n-rail-height) / 2);
 transition: background-color .3s var(--n-bezier);
 background-color: var(--n-fill-color);
 `)]),n("slider-handles",`
 position: absolute;
 top: 0;
 right: calc(var(--n-handle-size) / 2);
 bottom: 0;
 left: calc(var(--n-handle-size) / 2);
 `,[n("slider-handle-wrapper",`
 outline: none;
 position: absolute;
 top: 50%;
 transform: translate(-50%, -50%);
 cursor: pointer;
 display: flex;
 `,[n("slider-handle",`
 height: var(--n-handle-size);
 width: var(--n-handle-size);
 border-radius: 50%;
 overflow: hidden;
 transition: box-shadow .2s var(--n-bezier), background-color .3s var(--n-bezier);
 background-color: var(--n-handle-color);
 box-shadow: var(--n-handle-box-shadow);
 `,[M("&:hover",`
 box-shadow: var(--n-handle-box-shadow-hover);
 `)]),M("&:focus",[n("slider-handle",`
 box-shadow: var(--n-handle-box-shadow-focus);
 `,[M("&:hover",`
 box-shadow: var(--n-handle-box-shadow-active);
 `)])])])]),n("slider-dots",`
 position: absolute;
 top: 50%;
 left: calc(var(--n-handle-size) / 2);
 right: calc(var(--n-handle-size) / 2);
 `,[h("transition-disabled",[n("slider-dot","transition: none;")]),n("slider-dot",`
 transition:
 border-color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier),
 background-color .3s var(--n-bezier);
 position: absolute;
 transform: translate(-50%, -50%);
 height: var(--n-dot-height);
 width: var(--n-dot-width);
 border-radius: var(--n-dot-border-radius);
 overflow: hidden;
 box-sizing: border-box;
 border: var(--n-dot-border);
 background-color: var(--n-dot-color);
 `,[h("active","border: var(--n-dot-border-active);")])])]),n("slider-handle-indicator",`
 font-size: var(--n-font-size);
 padding: 6px 10px;
 border-radius: var(--n-indicator-border-radius);
 color: var(--n-indicator-text-color);
 background-color: var(--n-indicator-color);
 box-shadow: var(--n-indicator-box-shadow);
 `,[we()]),n("slider-handle-indicator",`
 font-size: var(--n-font-size);
 padding: 6px 10px;
 border-radius: var(--n-indicator-border-radius);
 color: var(--n-indicator-text-color);
 background-color: var(--n-indicator-color);
 box-shadow: var(--n-indicator-box-shadow);
 `,[h("top",`
 margin-bottom: 12px;
 `),h("right",`
 margin-left: 12px;
 `),h("bottom",`
 margin-top: 12px;
 `),h("left",`
 margin-right: 12px;
 `),we()]),to(n("slider",[n("slider-dot","background-color: var(--n-dot-color-modal);")])),no(n("slider",[n("slider-dot","background-color: var(--n-dot-color-popover);")]))]);function ye(a){return window.TouchEvent&&a instanceof window.TouchEvent}function Ce(){const a=new Map,k=y=>l=>{a.set(y,l)};return ro(()=>{a.clear()}),[a,k]}const yo=["tabindex","aria-valuenow","aria-valuemin","aria-valuemax","aria-orientation","aria-disabled","onFocus","onBlur","onMouseenter","onMouseleave"],Co=["onKeydown","onMousedown","onTouchstart"],Ro=0,zo={...Re.props,to:re.propTo,defaultValue:{type:[Number,Array],default:0},marks:Object,disabled:{type:Boolean,default:void 0},formatTooltip:Function,keyboard:{type:Boolean,default:!0},min:{type:Number,default:0},max:{type:Number,default:100},step:{type:[Number,String],default:1},range:Boolean,value:[Number,Array],placement:String,showTooltip:{type:Boolean,default:void 0},tooltip:{type:Boolean,default:!0},vertical:Boolean,reverse:Boolean,"onUpdate:value":[Function,Array],onUpdateValue:[Function,Array],onDragstart:[Function],onDragend:[Function]};var To=lo({name:"Slider",props:zo,slots:Object,setup(a){const{mergedClsPrefixRef:k,namespaceRef:y,inlineThemeDisabled:l}=io(a),s=Re("Slider","-slider",ko,xo,a,k),z=R(null),[X,Y]=Ce(),[W,G]=Ce(),D=R(new Set),V=so(a),{mergedDisabledRef:F}=V,le=x(()=>{const{step:e}=a;if(Number(e)<=0||e==="mark")return 0;const o=e.toString();let t=0;return o.includes(".")&&(t=o.length-o.indexOf(".")-1),t}),J=R(a.defaultValue),ze=vo(a,"value"),Z=co(ze,J),b=x(()=>{const{value:e}=Z;return(a.range?e:[e]).map(ve)}),ie=x(()=>b.value.length>2),Se=x(()=>a.placement===void 0?a.vertical?"right":"top":a.placement),se=x(()=>{const{marks:e}=a;return e?Object.keys(e).map(Number.parseFloat):null}),m=R(-1),de=R(-1),S=R(-1),T=R(!1),$=R(!1),q=x(()=>{const{vertical:e,reverse:o}=a;return e?o?"top":"bottom":o?"right":"left"}),Te=x(()=>{if(ie.value)return;const e=b.value,o=H(a.range?Math.min(...e):a.min),t=H(a.range?Math.max(...e):e[0]),{value:r}=q;return a.vertical?{[r]:`${o}%`,height:`${t-o}%`}:{[r]:`${o}%`,width:`${t-o}%`}}),Be=x(()=>{const e=[],{marks:o}=a;if(o){const t=b.value.slice();t.sort((u,d)=>u-d);const{value:r}=q,{value:i}=ie,{range:v}=a,p=i?()=>!1:u=>v?u>=t[0]&&u<=t[t.length-1]:u<=t[0];for(const u of Object.keys(o)){const d=Number(u);e.push({active:p(d),key:d,label:o[u],style:{[r]:`${H(d)}%`}})}}return e});function Me(e,o){const t=H(e),{value:r}=q;return{[r]:`${t}%`,zIndex:o===m.value?1:0}}function ce(e){return a.showTooltip||S.value===e||m.value===e&&T.value}function De(e){return T.value?!(m.value===e&&de.value===e):!0}function Ve(e){~e&&(m.value=e,X.get(e)?.focus())}function Fe(){W.forEach((e,o)=>{ce(o)&&e.syncPosition()})}function ue(e){const{"onUpdate:value":o,onUpdateValue:t}=a,{nTriggerFormInput:r,nTriggerFormChange:i}=V;t&&O(t,e),o&&O(o,e),J.value=e,r(),i()}function he(e){const{range:o}=a;if(o){if(Array.isArray(e)){const{value:t}=b;e.join()!==t.join()&&ue(e)}}else Array.isArray(e)||b.value[0]!==e&&ue(e)}function Q(e,o){if(a.range){const t=b.value.slice();t.splice(o,1,e),he(t)}else he(e)}function ee(e,o,t){const r=t!==void 0;t||(t=e-o>0?1:-1);const i=se.value||[],{step:v}=a;if(v==="mark"){const d=I(e,i.concat(o),r?t:void 0);return d?d.value:o}if(v<=0)return o;const{value:p}=le;let u;if(r){const d=Number((o/v).toFixed(p)),C=Math.floor(d),oe=d>C?C:C-1,ae=d<C?C:C+1;u=I(o,[Number((oe*v).toFixed(p)),Number((ae*v).toFixed(p)),...i],t)}else{const d=He(e);u=I(e,[...i,d])}return u?ve(u.value):o}function ve(e){return Math.min(a.max,Math.max(a.min,e))}function H(e){const{max:o,min:t}=a;return(e-t)/(o-t)*100}function $e(e){const{max:o,min:t}=a;return t+(o-t)*e}function He(e){const{step:o,min:t}=a;if(Number(o)<=0||o==="mark")return e;const r=Math.round((e-t)/o)*o+t;return Number(r.toFixed(le.value))}function I(e,o=se.value,t){if(!o?.length)return null;let r=null,i=-1;for(;++i<o.length;){const v=o[i]-e,p=Math.abs(v);(t===void 0||v*t>0)&&(r===null||p<r.distance)&&(r={index:i,distance:p,value:o[i]})}return r}function fe(e){const o=z.value;if(!o)return;const t=ye(e)?e.touches[0]:e,r=o.getBoundingClientRect();let i;return a.vertical?i=(r.bottom-t.clientY)/r.height:i=(t.clientX-r.left)/r.width,a.reverse&&(i=1-i),$e(i)}function Ie(e){if(F.value||!a.keyboard)return;const{vertical:o,reverse:t}=a;switch(e.key){case"ArrowUp":e.preventDefault(),A(o&&t?-1:1);break;case"ArrowRight":e.preventDefault(),A(!o&&t?-1:1);break;case"ArrowDown":e.preventDefault(),A(o&&t?1:-1);break;case"ArrowLeft":e.preventDefault(),A(!o&&t?1:-1)}}function A(e){const o=m.value;if(o===-1)return;const{step:t}=a,r=b.value[o];Q(ee(Number(t)<=0||t==="mark"?r:r+t*e,r,e>0?1:-1),o)}function Ae(e){if(F.value||!ye(e)&&e.button!==Ro)return;const o=fe(e);if(o===void 0)return;const t=b.value.slice(),r=a.range?I(o,t)?.index??-1:0;r!==-1&&(e.preventDefault(),Ve(r),Ee(),Q(ee(o,b.value[r]),r))}function Ee(){T.value||(T.value=!0,a.onDragstart&&O(a.onDragstart),L("touchend",document,P),L("mouseup",document,P),L("touchmove",document,N),L("mousemove",document,N))}function E(){T.value&&(T.value=!1,a.onDragend&&O(a.onDragend),K("touchend",document,P),K("mouseup",document,P),K("touchmove",document,N),K("mousemove",document,N))}function N(e){const{value:o}=m;if(!T.value||o===-1){E();return}const t=fe(e);t!==void 0&&Q(ee(t,b.value[o]),o)}function P(){E()}function Ne(e){m.value=e,F.value||(S.value=e)}function Pe(e){m.value===e&&(m.value=-1,E()),S.value===e&&(S.value=-1)}function _e(e){S.value=e}function Ue(e){S.value===e&&(S.value=-1)}xe(m,(e,o)=>{ne(()=>de.value=o)}),xe(Z,()=>{if(a.marks){if($.value)return;$.value=!0,ne(()=>{$.value=!1})}ne(Fe)}),uo(()=>{E()});const be=x(()=>{const{self:{markFontSize:e,railColor:o,railColorHover:t,fillColor:r,fillColorHover:i,handleColor:v,opacityDisabled:p,dotColor:u,dotColorModal:d,handleBoxShadow:C,handleBoxShadowHover:oe,handleBoxShadowActive:ae,handleBoxShadowFocus:je,dotBorder:Oe,dotBoxShadow:Le,railHeight:Ke,railWidthVertical:Xe,handleSize:Ye,dotHeight:We,dotWidth:Ge,dotBorderRadius:Je,fontSize:Ze,dotBorderActive:qe,dotColorPopover:Qe},common:{cubicBezierEaseInOut:eo}}=s.value;return{"--n-bezier":eo,"--n-dot-border":Oe,"--n-dot-border-active":qe,"--n-dot-border-radius":Je,"--n-dot-box-shadow":Le,"--n-dot-color":u,"--n-dot-color-modal":d,"--n-dot-color-popover":Qe,"--n-dot-height":We,"--n-dot-width":Ge,"--n-fill-color":r,"--n-fill-color-hover":i,"--n-font-size":Ze,"--n-handle-box-shadow":C,"--n-handle-box-shadow-active":ae,"--n-handle-box-shadow-focus":je,"--n-handle-box-shadow-hover":oe,"--n-handle-color":v,"--n-handle-size":Ye,"--n-opacity-disabled":p,"--n-rail-color":o,"--n-rail-color-hover":t,"--n-rail-height":Ke,"--n-rail-width-vertical":Xe,"--n-mark-font-size":e}}),me=l?ke("slider",void 0,be,a):void 0,ge=x(()=>{const{self:{fontSize:e,indicatorColor:o,indicatorBoxShadow:t,indicatorTextColor:r,indicatorBorderRadius:i}}=s.value;return{"--n-font-size":e,"--n-indicator-border-radius":i,"--n-indicator-box-shadow":t,"--n-indicator-color":o,"--n-indicator-text-color":r}}),pe=l?ke("slider-indicator",void 0,ge,a):void 0;return{mergedClsPrefix:k,namespace:y,uncontrolledValue:J,mergedValue:Z,mergedDisabled:F,mergedPlacement:Se,isMounted:ho(),adjustedTo:re(a),dotTransitionDisabled:$,markInfos:Be,isShowTooltip:ce,shouldKeepTooltipTransition:De,handleRailRef:z,setHandleRefs:Y,setFollowerRefs:G,fillStyle:Te,getHandleStyle:Me,activeIndex:m,arrifiedValues:b,followerEnabledIndexSet:D,handleRailMouseDown:Ae,handleHandleFocus:Ne,handleHandleBlur:Pe,handleHandleMouseEnter:_e,handleHandleMouseLeave:Ue,handleRailKeyDown:Ie,indicatorCssVars:l?void 0:ge,indicatorThemeClass:pe?.themeClass,indicatorOnRender:pe?.onRender,cssVars:l?void 0:be,themeClass:me?.themeClass,onRender:me?.onRender}},render(){const{mergedClsPrefix:a,themeClass:k,formatTooltip:y}=this;return this.onRender?.(),c(),f("div",{class:g([`${a}-slider`,k,{[`${a}-slider--disabled`]:this.mergedDisabled,[`${a}-slider--active`]:this.activeIndex!==-1,[`${a}-slider--with-mark`]:this.marks,[`${a}-slider--vertical`]:this.vertical,[`${a}-slider--reverse`]:this.reverse}]),style:B(this.cssVars),onKeydown:this.handleRailKeyDown,onMousedown:this.handleRailMouseDown,onTouchstart:this.handleRailMouseDown},[te("div",{class:g(`${a}-slider-rail`)},[te("div",{class:g(`${a}-slider-rail__fill`),style:B(this.fillStyle)},null,6),this.marks?(c(),f("div",{key:0,class:g([`${a}-slider-dots`,this.dotTransitionDisabled&&`${a}-slider-dots--transition-disabled`])},[w(()=>this.markInfos.map(l=>(c(),f("div",{key:l.key,class:g([`${a}-slider-dot`,{[`${a}-slider-dot--active`]:l.active}]),style:B(l.style)},null,6))))],2)):w(()=>null),te("div",{ref:"handleRailRef",class:g(`${a}-slider-handles`)},[w(()=>this.arrifiedValues.map((l,s)=>{const z=this.isShowTooltip(s);return c(),U(po,null,{default:()=>[(c(),U(fo,null,{default:()=>(c(),f("div",{ref:this.setHandleRefs(s),class:g(`${a}-slider-handle-wrapper`),tabindex:this.mergedDisabled?-1:0,role:"slider","aria-valuenow":l,"aria-valuemin":this.min,"aria-valuemax":this.max,"aria-orientation":this.vertical?"vertical":"horizontal","aria-disabled":this.disabled,style:B(this.getHandleStyle(l,s)),onFocus:()=>{this.handleHandleFocus(s)},onBlur:()=>{this.handleHandleBlur(s)},onMouseenter:()=>{this.handleHandleMouseEnter(s)},onMouseleave:()=>{this.handleHandleMouseLeave(s)}},[w(()=>bo(this.$slots.thumb,()=>[(c(),f("div",{class:g(`${a}-slider-handle`)},null,2))]))],46,yo))},1024)),this.tooltip&&(c(),U(mo,{ref:this.setFollowerRefs(s),show:z,to:this.adjustedTo,enabled:this.showTooltip&&!this.range||this.followerEnabledIndexSet.has(s),teleportDisabled:this.adjustedTo===re.tdkey,placement:this.mergedPlacement,containerClass:this.namespace},{default:()=>(c(),U(go,{name:"fade-in-scale-up-transition",appear:this.isMounted,css:this.shouldKeepTooltipTransition(s),onEnter:()=>{this.followerEnabledIndexSet.add(s)},onAfterLeave:()=>{this.followerEnabledIndexSet.delete(s)}},{default:()=>z?(this.indicatorOnRender?.(),c(),f("div",{key:1,class:g([`${a}-slider-handle-indicator`,this.indicatorThemeClass,`${a}-slider-handle-indicator--${this.mergedPlacement}`]),style:B(this.indicatorCssVars)},[typeof y=="function"?(c(),f(j,{key:0},[w(()=>y(l))],64)):(c(),f(j,{key:1},[w(()=>l)],64))],6)):null},1032,["appear","css","onEnter","onAfterLeave"]))},1032,["show","to","enabled","teleportDisabled","placement","containerClass"]))]},1024)}))],2),this.marks?(c(),f("div",{key:2,class:g(`${a}-slider-marks`)},[w(()=>this.markInfos.map(l=>(c(),f("div",{key:l.key,class:g(`${a}-slider-mark`),style:B(l.style)},[typeof l.label=="function"?(c(),f(j,{key:0},[w(()=>l.label())],64)):(c(),f(j,{key:1},[w(()=>l.label)],64))],6))))],2)):w(()=>null)],2)],46,Co)}});export{To as S};
