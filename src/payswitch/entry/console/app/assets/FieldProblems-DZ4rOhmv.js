import{bu as so,bB as co,a$ as F,a_ as i,b0 as m,b1 as K,bC as xe,bD as uo,bE as ho,bF as fo,d as Te,bG as ie,b3 as Me,o as h,c as v,a as ne,H as V,aS as x,aR as k,b as J,F as _,b7 as vo,bw as bo,r as C,ba as mo,S as ye,q as re,aE as go,bc as ke,bH as po,bk as wo,f as S,bl as X,bI as Y,bJ as W,bK as xo,bL as yo,bM as ko,bN as So,bO as Ro,L as Co,t as Se,n as Re,j as zo,_ as To}from"./index-B-L-dhRz.js";function Mo(e){const r="rgba(0, 0, 0, .85)",s="0 2px 8px 0 rgba(0, 0, 0, 0.12)",{railColor:n,primaryColor:d,baseColor:u,cardColor:z,modalColor:B,popoverColor:D,borderRadius:$,fontSize:I,opacityDisabled:H}=e;return{...co,fontSize:I,markFontSize:I,railColor:n,railColorHover:n,fillColor:d,fillColorHover:d,opacityDisabled:H,handleColor:"#FFF",dotColor:z,dotColorModal:B,dotColorPopover:D,handleBoxShadow:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",handleBoxShadowHover:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",handleBoxShadowActive:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",handleBoxShadowFocus:"0 1px 4px 0 rgba(0, 0, 0, 0.3), inset 0 0 1px 0 rgba(0, 0, 0, 0.05)",indicatorColor:r,indicatorBoxShadow:s,indicatorTextColor:u,indicatorBorderRadius:$,dotBorder:`2px solid ${n}`,dotBorderActive:`2px solid ${d}`,dotBoxShadow:""}}const Bo={common:so,self:Mo};var Do=F([i("slider",`
 display: block;
 padding: calc((var(--n-handle-size) - var(--n-rail-height)) / 2) 0;
 position: relative;
 z-index: 0;
 width: 100%;
 cursor: pointer;
 user-select: none;
 -webkit-user-select: none;
 `,[m("reverse",[i("slider-handles",[i("slider-handle-wrapper",`
 transform: translate(50%, -50%);
 `)]),i("slider-dots",[i("slider-dot",`
 transform: translateX(50%, -50%);
 `)]),m("vertical",[i("slider-handles",[i("slider-handle-wrapper",`
 transform: translate(-50%, -50%);
 `)]),i("slider-marks",[i("slider-mark",`
 transform: translateY(calc(-50% + var(--n-dot-height) / 2));
 `)]),i("slider-dots",[i("slider-dot",`
 transform: translateX(-50%) translateY(0);
 `)])])]),m("vertical",`
 box-sizing: content-box;
 padding: 0 calc((var(--n-handle-size) - var(--n-rail-height)) / 2);
 width: var(--n-rail-width-vertical);
 height: 100%;
 `,[i("slider-handles",`
 top: calc(var(--n-handle-size) / 2);
 right: 0;
 bottom: calc(var(--n-handle-size) / 2);
 left: 0;
 `,[i("slider-handle-wrapper",`
 top: unset;
 left: 50%;
 transform: translate(-50%, 50%);
 `)]),i("slider-rail",`
 height: 100%;
 `,[K("fill",`
 top: unset;
 right: 0;
 bottom: unset;
 left: 0;
 `)]),m("with-mark",`
 width: var(--n-rail-width-vertical);
 margin: 0 32px 0 8px;
 `),i("slider-marks",`
 top: calc(var(--n-handle-size) / 2);
 right: unset;
 bottom: calc(var(--n-handle-size) / 2);
 left: 22px;
 font-size: var(--n-mark-font-size);
 `,[i("slider-mark",`
 transform: translateY(50%);
 white-space: nowrap;
 `)]),i("slider-dots",`
 top: calc(var(--n-handle-size) / 2);
 right: unset;
 bottom: calc(var(--n-handle-size) / 2);
 left: 50%;
 `,[i("slider-dot",`
 transform: translateX(-50%) translateY(50%);
 `)])]),m("disabled",`
 cursor: not-allowed;
 opacity: var(--n-opacity-disabled);
 `,[i("slider-handle",`
 cursor: not-allowed;
 `)]),m("with-mark",`
 width: 100%;
 margin: 8px 0 32px 0;
 `),F("&:hover",[i("slider-rail",{backgroundColor:"var(--n-rail-color-hover)"},[K("fill",{backgroundColor:"var(--n-fill-color-hover)"})]),i("slider-handle",{boxShadow:"var(--n-handle-box-shadow-hover)"})]),m("active",[i("slider-rail",{backgroundColor:"var(--n-rail-color-hover)"},[K("fill",{backgroundColor:"var(--n-fill-color-hover)"})]),i("slider-handle",{boxShadow:"var(--n-handle-box-shadow-hover)"})]),i("slider-marks",`
 position: absolute;
 top: 18px;
 left: calc(var(--n-handle-size) / 2);
 right: calc(var(--n-handle-size) / 2);
 `,[i("slider-mark",`
 position: absolute;
 transform: translateX(-50%);
 white-space: nowrap;
 `)]),i("slider-rail",`
 width: 100%;
 position: relative;
 height: var(--n-rail-height);
 background-color: var(--n-rail-color);
 transition: background-color .3s var(--n-bezier);
 border-radius: calc(var(--n-rail-height) / 2);
 `,[K("fill",`
 position: absolute;
 top: 0;
 bottom: 0;
 border-radius: calc(var(--n-rail-height) / 2);
 transition: background-color .3s var(--n-bezier);
 background-color: var(--n-fill-color);
 `)]),i("slider-handles",`
 position: absolute;
 top: 0;
 right: calc(var(--n-handle-size) / 2);
 bottom: 0;
 left: calc(var(--n-handle-size) / 2);
 `,[i("slider-handle-wrapper",`
 outline: none;
 position: absolute;
 top: 50%;
 transform: translate(-50%, -50%);
 cursor: pointer;
 display: flex;
 `,[i("slider-handle",`
 height: var(--n-handle-size);
 width: var(--n-handle-size);
 border-radius: 50%;
 overflow: hidden;
 transition: box-shadow .2s var(--n-bezier), background-color .3s var(--n-bezier);
 background-color: var(--n-handle-color);
 box-shadow: var(--n-handle-box-shadow);
 `,[F("&:hover",`
 box-shadow: var(--n-handle-box-shadow-hover);
 `)]),F("&:focus",[i("slider-handle",`
 box-shadow: var(--n-handle-box-shadow-focus);
 `,[F("&:hover",`
 box-shadow: var(--n-handle-box-shadow-active);
 `)])])])]),i("slider-dots",`
 position: absolute;
 top: 50%;
 left: calc(var(--n-handle-size) / 2);
 right: calc(var(--n-handle-size) / 2);
 `,[m("transition-disabled",[i("slider-dot","transition: none;")]),i("slider-dot",`
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
 `,[m("active","border: var(--n-dot-border-active);")])])]),i("slider-handle-indicator",`
 font-size: var(--n-font-size);
 padding: 6px 10px;
 border-radius: var(--n-indicator-border-radius);
 color: var(--n-indicator-text-color);
 background-color: var(--n-indicator-color);
 box-shadow: var(--n-indicator-box-shadow);
 `,[xe()]),i("slider-handle-indicator",`
 font-size: var(--n-font-size);
 padding: 6px 10px;
 border-radius: var(--n-indicator-border-radius);
 color: var(--n-indicator-text-color);
 background-color: var(--n-indicator-color);
 box-shadow: var(--n-indicator-box-shadow);
 `,[m("top",`
 margin-bottom: 12px;
 `),m("right",`
 margin-left: 12px;
 `),m("bottom",`
 margin-top: 12px;
 `),m("left",`
 margin-right: 12px;
 `),xe()]),uo(i("slider",[i("slider-dot","background-color: var(--n-dot-color-modal);")])),ho(i("slider",[i("slider-dot","background-color: var(--n-dot-color-popover);")]))]);function Ce(e){return window.TouchEvent&&e instanceof window.TouchEvent}function ze(){const e=new Map,r=s=>n=>{e.set(s,n)};return fo(()=>{e.clear()}),[e,r]}const Vo=["tabindex","aria-valuenow","aria-valuemin","aria-valuemax","aria-orientation","aria-disabled","onFocus","onBlur","onMouseenter","onMouseleave"],$o=["onKeydown","onMousedown","onTouchstart"],Fo=0,_o={...Me.props,to:ie.propTo,defaultValue:{type:[Number,Array],default:0},marks:Object,disabled:{type:Boolean,default:void 0},formatTooltip:Function,keyboard:{type:Boolean,default:!0},min:{type:Number,default:0},max:{type:Number,default:100},step:{type:[Number,String],default:1},range:Boolean,value:[Number,Array],placement:String,showTooltip:{type:Boolean,default:void 0},tooltip:{type:Boolean,default:!0},vertical:Boolean,reverse:Boolean,"onUpdate:value":[Function,Array],onUpdateValue:[Function,Array],onDragstart:[Function],onDragend:[Function]};var jo=Te({name:"Slider",props:_o,slots:Object,setup(e){const{mergedClsPrefixRef:r,namespaceRef:s,inlineThemeDisabled:n}=vo(e),d=Me("Slider","-slider",Do,Bo,e,r),u=C(null),[z,B]=ze(),[D,$]=ze(),I=C(new Set),H=bo(e),{mergedDisabledRef:A}=H,le=S(()=>{const{step:o}=e;if(Number(o)<=0||o==="mark")return 0;const t=o.toString();let a=0;return t.includes(".")&&(a=t.length-t.indexOf(".")-1),a}),G=C(e.defaultValue),$e=wo(e,"value"),Q=mo($e,G),p=S(()=>{const{value:o}=Q;return(e.range?o:[o]).map(ve)}),se=S(()=>p.value.length>2),Fe=S(()=>e.placement===void 0?e.vertical?"right":"top":e.placement),de=S(()=>{const{marks:o}=e;return o?Object.keys(o).map(Number.parseFloat):null}),w=C(-1),ce=C(-1),T=C(-1),M=C(!1),E=C(!1),Z=S(()=>{const{vertical:o,reverse:t}=e;return o?t?"top":"bottom":t?"right":"left"}),_e=S(()=>{if(se.value)return;const o=p.value,t=N(e.range?Math.min(...o):e.min),a=N(e.range?Math.max(...o):o[0]),{value:l}=Z;return e.vertical?{[l]:`${t}%`,height:`${a-t}%`}:{[l]:`${t}%`,width:`${a-t}%`}}),Ie=S(()=>{const o=[],{marks:t}=e;if(t){const a=p.value.slice();a.sort((b,f)=>b-f);const{value:l}=Z,{value:c}=se,{range:g}=e,y=c?()=>!1:b=>g?b>=a[0]&&b<=a[a.length-1]:b<=a[0];for(const b of Object.keys(t)){const f=Number(b);o.push({active:y(f),key:f,label:t[b],style:{[l]:`${N(f)}%`}})}}return o});function He(o,t){const a=N(o),{value:l}=Z;return{[l]:`${a}%`,zIndex:t===w.value?1:0}}function ue(o){return e.showTooltip||T.value===o||w.value===o&&M.value}function Ae(o){return M.value?!(w.value===o&&ce.value===o):!0}function Ee(o){~o&&(w.value=o,z.get(o)?.focus())}function Ne(){D.forEach((o,t)=>{ue(t)&&o.syncPosition()})}function he(o){const{"onUpdate:value":t,onUpdateValue:a}=e,{nTriggerFormInput:l,nTriggerFormChange:c}=H;a&&X(a,o),t&&X(t,o),G.value=o,l(),c()}function fe(o){const{range:t}=e;if(t){if(Array.isArray(o)){const{value:a}=p;o.join()!==a.join()&&he(o)}}else Array.isArray(o)||p.value[0]!==o&&he(o)}function ee(o,t){if(e.range){const a=p.value.slice();a.splice(t,1,o),fe(a)}else fe(o)}function oe(o,t,a){const l=a!==void 0;a||(a=o-t>0?1:-1);const c=de.value||[],{step:g}=e;if(g==="mark"){const f=O(o,c.concat(t),l?a:void 0);return f?f.value:t}if(g<=0)return t;const{value:y}=le;let b;if(l){const f=Number((t/g).toFixed(y)),R=Math.floor(f),te=f>R?R:R-1,ae=f<R?R:R+1;b=O(t,[Number((te*g).toFixed(y)),Number((ae*g).toFixed(y)),...c],a)}else{const f=Pe(o);b=O(o,[...c,f])}return b?ve(b.value):t}function ve(o){return Math.min(e.max,Math.max(e.min,o))}function N(o){const{max:t,min:a}=e;return(o-a)/(t-a)*100}function Oe(o){const{max:t,min:a}=e;return a+(t-a)*o}function Pe(o){const{step:t,min:a}=e;if(Number(t)<=0||t==="mark")return o;const l=Math.round((o-a)/t)*t+a;return Number(l.toFixed(le.value))}function O(o,t=de.value,a){if(!t?.length)return null;let l=null,c=-1;for(;++c<t.length;){const g=t[c]-o,y=Math.abs(g);(a===void 0||g*a>0)&&(l===null||y<l.distance)&&(l={index:c,distance:y,value:t[c]})}return l}function be(o){const t=u.value;if(!t)return;const a=Ce(o)?o.touches[0]:o,l=t.getBoundingClientRect();let c;return e.vertical?c=(l.bottom-a.clientY)/l.height:c=(a.clientX-l.left)/l.width,e.reverse&&(c=1-c),Oe(c)}function je(o){if(A.value||!e.keyboard)return;const{vertical:t,reverse:a}=e;switch(o.key){case"ArrowUp":o.preventDefault(),P(t&&a?-1:1);break;case"ArrowRight":o.preventDefault(),P(!t&&a?-1:1);break;case"ArrowDown":o.preventDefault(),P(t&&a?1:-1);break;case"ArrowLeft":o.preventDefault(),P(!t&&a?1:-1)}}function P(o){const t=w.value;if(t===-1)return;const{step:a}=e,l=p.value[t];ee(oe(Number(a)<=0||a==="mark"?l:l+a*o,l,o>0?1:-1),t)}function Ue(o){if(A.value||!Ce(o)&&o.button!==Fo)return;const t=be(o);if(t===void 0)return;const a=p.value.slice(),l=e.range?O(t,a)?.index??-1:0;l!==-1&&(o.preventDefault(),Ee(l),Le(),ee(oe(t,p.value[l]),l))}function Le(){M.value||(M.value=!0,e.onDragstart&&X(e.onDragstart),Y("touchend",document,L),Y("mouseup",document,L),Y("touchmove",document,U),Y("mousemove",document,U))}function j(){M.value&&(M.value=!1,e.onDragend&&X(e.onDragend),W("touchend",document,L),W("mouseup",document,L),W("touchmove",document,U),W("mousemove",document,U))}function U(o){const{value:t}=w;if(!M.value||t===-1){j();return}const a=be(o);a!==void 0&&ee(oe(a,p.value[t]),t)}function L(){j()}function Ke(o){w.value=o,A.value||(T.value=o)}function Je(o){w.value===o&&(w.value=-1,j()),T.value===o&&(T.value=-1)}function Xe(o){T.value=o}function Ye(o){T.value===o&&(T.value=-1)}ye(w,(o,t)=>{re(()=>ce.value=t)}),ye(Q,()=>{if(e.marks){if(E.value)return;E.value=!0,re(()=>{E.value=!1})}re(Ne)}),go(()=>{j()});const me=S(()=>{const{self:{markFontSize:o,railColor:t,railColorHover:a,fillColor:l,fillColorHover:c,handleColor:g,opacityDisabled:y,dotColor:b,dotColorModal:f,handleBoxShadow:R,handleBoxShadowHover:te,handleBoxShadowActive:ae,handleBoxShadowFocus:We,dotBorder:qe,dotBoxShadow:Ge,railHeight:Qe,railWidthVertical:Ze,handleSize:eo,dotHeight:oo,dotWidth:to,dotBorderRadius:ao,fontSize:no,dotBorderActive:ro,dotColorPopover:io},common:{cubicBezierEaseInOut:lo}}=d.value;return{"--n-bezier":lo,"--n-dot-border":qe,"--n-dot-border-active":ro,"--n-dot-border-radius":ao,"--n-dot-box-shadow":Ge,"--n-dot-color":b,"--n-dot-color-modal":f,"--n-dot-color-popover":io,"--n-dot-height":oo,"--n-dot-width":to,"--n-fill-color":l,"--n-fill-color-hover":c,"--n-font-size":no,"--n-handle-box-shadow":R,"--n-handle-box-shadow-active":ae,"--n-handle-box-shadow-focus":We,"--n-handle-box-shadow-hover":te,"--n-handle-color":g,"--n-handle-size":eo,"--n-opacity-disabled":y,"--n-rail-color":t,"--n-rail-color-hover":a,"--n-rail-height":Qe,"--n-rail-width-vertical":Ze,"--n-mark-font-size":o}}),ge=n?ke("slider",void 0,me,e):void 0,pe=S(()=>{const{self:{fontSize:o,indicatorColor:t,indicatorBoxShadow:a,indicatorTextColor:l,indicatorBorderRadius:c}}=d.value;return{"--n-font-size":o,"--n-indicator-border-radius":c,"--n-indicator-box-shadow":a,"--n-indicator-color":t,"--n-indicator-text-color":l}}),we=n?ke("slider-indicator",void 0,pe,e):void 0;return{mergedClsPrefix:r,namespace:s,uncontrolledValue:G,mergedValue:Q,mergedDisabled:A,mergedPlacement:Fe,isMounted:po(),adjustedTo:ie(e),dotTransitionDisabled:E,markInfos:Ie,isShowTooltip:ue,shouldKeepTooltipTransition:Ae,handleRailRef:u,setHandleRefs:B,setFollowerRefs:$,fillStyle:_e,getHandleStyle:He,activeIndex:w,arrifiedValues:p,followerEnabledIndexSet:I,handleRailMouseDown:Ue,handleHandleFocus:Ke,handleHandleBlur:Je,handleHandleMouseEnter:Xe,handleHandleMouseLeave:Ye,handleRailKeyDown:je,indicatorCssVars:n?void 0:pe,indicatorThemeClass:we?.themeClass,indicatorOnRender:we?.onRender,cssVars:n?void 0:me,themeClass:ge?.themeClass,onRender:ge?.onRender}},render(){const{mergedClsPrefix:e,themeClass:r,formatTooltip:s}=this;return this.onRender?.(),h(),v("div",{class:x([`${e}-slider`,r,{[`${e}-slider--disabled`]:this.mergedDisabled,[`${e}-slider--active`]:this.activeIndex!==-1,[`${e}-slider--with-mark`]:this.marks,[`${e}-slider--vertical`]:this.vertical,[`${e}-slider--reverse`]:this.reverse}]),style:V(this.cssVars),onKeydown:this.handleRailKeyDown,onMousedown:this.handleRailMouseDown,onTouchstart:this.handleRailMouseDown},[ne("div",{class:x(`${e}-slider-rail`)},[ne("div",{class:x(`${e}-slider-rail__fill`),style:V(this.fillStyle)},null,6),this.marks?(h(),v("div",{key:0,class:x([`${e}-slider-dots`,this.dotTransitionDisabled&&`${e}-slider-dots--transition-disabled`])},[k(()=>this.markInfos.map(n=>(h(),v("div",{key:n.key,class:x([`${e}-slider-dot`,{[`${e}-slider-dot--active`]:n.active}]),style:V(n.style)},null,6))))],2)):k(()=>null),ne("div",{ref:"handleRailRef",class:x(`${e}-slider-handles`)},[k(()=>this.arrifiedValues.map((n,d)=>{const u=this.isShowTooltip(d);return h(),J(Ro,null,{default:()=>[(h(),J(xo,null,{default:()=>(h(),v("div",{ref:this.setHandleRefs(d),class:x(`${e}-slider-handle-wrapper`),tabindex:this.mergedDisabled?-1:0,role:"slider","aria-valuenow":n,"aria-valuemin":this.min,"aria-valuemax":this.max,"aria-orientation":this.vertical?"vertical":"horizontal","aria-disabled":this.disabled,style:V(this.getHandleStyle(n,d)),onFocus:()=>{this.handleHandleFocus(d)},onBlur:()=>{this.handleHandleBlur(d)},onMouseenter:()=>{this.handleHandleMouseEnter(d)},onMouseleave:()=>{this.handleHandleMouseLeave(d)}},[k(()=>yo(this.$slots.thumb,()=>[(h(),v("div",{class:x(`${e}-slider-handle`)},null,2))]))],46,Vo))},1024)),this.tooltip&&(h(),J(ko,{ref:this.setFollowerRefs(d),show:u,to:this.adjustedTo,enabled:this.showTooltip&&!this.range||this.followerEnabledIndexSet.has(d),teleportDisabled:this.adjustedTo===ie.tdkey,placement:this.mergedPlacement,containerClass:this.namespace},{default:()=>(h(),J(So,{name:"fade-in-scale-up-transition",appear:this.isMounted,css:this.shouldKeepTooltipTransition(d),onEnter:()=>{this.followerEnabledIndexSet.add(d)},onAfterLeave:()=>{this.followerEnabledIndexSet.delete(d)}},{default:()=>u?(this.indicatorOnRender?.(),h(),v("div",{key:1,class:x([`${e}-slider-handle-indicator`,this.indicatorThemeClass,`${e}-slider-handle-indicator--${this.mergedPlacement}`]),style:V(this.indicatorCssVars)},[typeof s=="function"?(h(),v(_,{key:0},[k(()=>s(n))],64)):(h(),v(_,{key:1},[k(()=>n)],64))],6)):null},1032,["appear","css","onEnter","onAfterLeave"]))},1032,["show","to","enabled","teleportDisabled","placement","containerClass"]))]},1024)}))],2),this.marks?(h(),v("div",{key:2,class:x(`${e}-slider-marks`)},[k(()=>this.markInfos.map(n=>(h(),v("div",{key:n.key,class:x(`${e}-slider-mark`),style:V(n.style)},[typeof n.label=="function"?(h(),v(_,{key:0},[k(()=>n.label())],64)):(h(),v(_,{key:1},[k(()=>n.label)],64))],6))))],2)):k(()=>null)],2)],46,$o)}});const Be=e=>JSON.parse(JSON.stringify(e)),Uo=(e,r)=>JSON.stringify(e)===JSON.stringify(r);function q(e){if(Array.isArray(e))return e.map(q);if(e===null||typeof e!="object")return e;const r=Object.entries(e).map(([s,n])=>[s,q(n)]).filter(([,s])=>s!==null&&!(typeof s=="object"&&Object.keys(s).length===0));return Object.fromEntries(r)}const De=e=>({name:e.name,when:q(e.when),then:q(e.then)});function Lo(e){const{version:r,...s}=Be(e);return{...s,rules:s.rules.map(De)}}function Ko(e){const r=Be(e??{});return r.rules?{...r,rules:r.rules.map(De)}:r}function Ve(e,r){const s=e.findIndex(n=>n.tags?.some(d=>r.tags.includes(d)));return s>=0?s:e.findIndex(n=>n.rank===r.tier)}function Jo(e,r){const s=e.findIndex(n=>n.channels?.includes(r.channel_id));return s>=0?s:Ve(e,r)}function Xo(e,r,s){const n=e.map(d=>({...d,channels:[]}));for(const d of r){const u=s.get(d.channel_id)??-1;u>=0&&Ve(e,d)!==u&&n[u]?.channels.push(d.channel_id)}return n}const Io=["best","warm","explore"];function Yo(e,r,s){const n=Math.min(100,Math.max(0,Math.round(s))),[d,u]=Io.filter($=>$!==r),z=100-n,B=e[d]+e[u],D=B===0?z:Math.round(z*e[d]/B);return{...e,[r]:n,[d]:D,[u]:z-D}}function Ho(e,r){return e.filter(({field:s})=>s===r||s.startsWith(`${r}.`)||s.startsWith(`${r}[`))}const Ao={key:0,class:"problems",role:"alert"},Eo=["data-field"],No={key:0},Oo=Te({__name:"FieldProblems",props:{problems:{},at:{},exact:{type:Boolean}},setup(e){const r=e,s=()=>r.exact?r.problems.filter(({field:n})=>n===r.at):Ho(r.problems,r.at);return(n,d)=>s().length?(h(),v("ul",Ao,[(h(!0),v(_,null,Co(s(),u=>(h(),v("li",{key:u.field+u.message,"data-field":u.field},[u.field!==e.at?(h(),v("code",No,Se(u.field.slice(e.at.length).replace(/^\./,"")),1)):Re("",!0),zo(" "+Se(u.message),1)],8,Eo))),128))])):Re("",!0)}}),Wo=To(Oo,[["__scopeId","data-v-b83f8fc6"]]);export{Wo as F,Io as S,Uo as a,jo as b,Be as c,Lo as d,Yo as e,Xo as f,q as p,Ko as s,Jo as t};
