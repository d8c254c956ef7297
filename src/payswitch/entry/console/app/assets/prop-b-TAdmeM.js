import{bW as V,a as D,a$ as f,a_ as n,b0 as T,b1 as w,bR as me,bD as ge,bE as xe,d as W,b3 as O,b5 as pe,o as S,c as $,aR as _,aS as R,l as ye,bU as Ce,bI as we,H as ze,aT as Re,b7 as Q,r as N,ba as X,bX as Se,bw as Y,cU as Te,b8 as _e,bc as $e,f as U,c5 as De,bk as E,bl as t,bf as G,aQ as Fe,F as L,b as Be,bj as Me}from"./index-B-L-dhRz.js";var Ae=()=>(()=>{const e=V("75be776d8875fa17");return e[0]||(e[0]=D("svg",{viewBox:"0 0 64 64",class:"check-icon"},[D("path",{d:"M50.42,16.76L22.34,39.45l-8.1-11.46c-1.12-1.58-3.3-1.96-4.88-0.84c-1.58,1.12-1.95,3.3-0.84,4.88l10.26,14.51  c0.56,0.79,1.42,1.31,2.38,1.45c0.16,0.02,0.32,0.03,0.48,0.03c0.8,0,1.57-0.27,2.2-0.78l30.99-25.03c1.5-1.21,1.74-3.42,0.52-4.92  C54.13,15.78,51.93,15.55,50.42,16.76z"})],-1))})(),Ie=()=>(()=>{const e=V("c6eed899356c8404");return e[0]||(e[0]=D("svg",{viewBox:"0 0 100 100",class:"line-icon"},[D("path",{d:"M80.2,55.5H21.4c-2.8,0-5.1-2.5-5.1-5.5l0,0c0-3,2.3-5.5,5.1-5.5h58.7c2.8,0,5.1,2.5,5.1,5.5l0,0C85.2,53.1,82.9,55.5,80.2,55.5z"})],-1))})(),Ue=f([n("checkbox",`
 font-size: var(--n-font-size);
 outline: none;
 cursor: pointer;
 display: inline-flex;
 flex-wrap: nowrap;
 align-items: flex-start;
 word-break: break-word;
 line-height: var(--n-size);
 --n-merged-color-table: var(--n-color-table);
 `,[T("show-label","line-height: var(--n-label-line-height);"),f("&:hover",[n("checkbox-box",[w("border","border: var(--n-border-checked);")])]),f("&:focus:not(:active)",[n("checkbox-box",[w("border",`
 border: var(--n-border-focus);
 box-shadow: var(--n-box-shadow-focus);
 `)])]),T("inside-table",[n("checkbox-box",`
 background-color: var(--n-merged-color-table);
 `)]),T("checked",[n("checkbox-box",`
 background-color: var(--n-color-checked);
 `,[n("checkbox-icon",[f(".check-icon",`
 opacity: 1;
 transform: scale(1);
 `)])])]),T("indeterminate",[n("checkbox-box",[n("checkbox-icon",[f(".check-icon",`
 opacity: 0;
 transform: scale(.5);
 `),f(".line-icon",`
 opacity: 1;
 transform: scale(1);
 `)])])]),T("checked, indeterminate",[f("&:focus:not(:active)",[n("checkbox-box",[w("border",`
 border: var(--n-border-checked);
 box-shadow: var(--n-box-shadow-focus);
 `)])]),n("checkbox-box",`
 background-color: var(--n-color-checked);
 border-left: 0;
 border-top: 0;
 `,[w("border",{border:"var(--n-border-checked)"})])]),T("disabled",{cursor:"not-allowed"},[T("checked",[n("checkbox-box",`
 background-color: var(--n-color-disabled-checked);
 `,[w("border",{border:"var(--n-border-disabled-checked)"}),n("checkbox-icon",[f(".check-icon, .line-icon",{fill:"var(--n-check-mark-color-disabled-checked)"})])])]),n("checkbox-box",`
 background-color: var(--n-color-disabled);
 `,[w("border",`
 border: var(--n-border-disabled);
 `),n("checkbox-icon",[f(".check-icon, .line-icon",`
 fill: var(--n-check-mark-color-disabled);
 `)])]),w("label",`
 color: var(--n-text-color-disabled);
 `)]),n("checkbox-box-wrapper",`
 position: relative;
 width: var(--n-size);
 flex-shrink: 0;
 flex-grow: 0;
 user-select: none;
 -webkit-user-select: none;
 `),n("checkbox-box",`
 position: absolute;
 left: 0;
 top: 50%;
 transform: translateY(-50%);
 height: var(--n-size);
 width: var(--n-size);
 display: inline-block;
 box-sizing: border-box;
 border-radius: var(--n-border-radius);
 background-color: var(--n-color);
 transition: background-color 0.3s var(--n-bezier);
 `,[w("border",`
 transition:
 border-color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier);
 border-radius: inherit;
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 border: var(--n-border);
 `),n("checkbox-icon",`
 display: flex;
 align-items: center;
 justify-content: center;
 position: absolute;
 left: 1px;
 right: 1px;
 top: 1px;
 bottom: 1px;
 `,[f(".check-icon, .line-icon",`
 width: 100%;
 fill: var(--n-check-mark-color);
 opacity: 0;
 transform: scale(0.5);
 transform-origin: center;
 transition:
 fill 0.3s var(--n-bezier),
 transform 0.3s var(--n-bezier),
 opacity 0.3s var(--n-bezier),
 border-color 0.3s var(--n-bezier);
 `),me({left:"1px",top:"1px"})])]),w("label",`
 color: var(--n-text-color);
 transition: color .3s var(--n-bezier);
 user-select: none;
 -webkit-user-select: none;
 padding: var(--n-label-padding);
 font-weight: var(--n-label-font-weight);
 `,[f("&:empty",{display:"none"})])]),ge(n("checkbox",`
 --n-merged-color-table: var(--n-color-table-modal);
 `)),xe(n("checkbox",`
 --n-merged-color-table: var(--n-color-table-popover);
 `))]);const Pe=["id"],Ke=["tabindex","aria-checked","aria-labelledby","onKeyup","onKeydown","onClick"],Ne={...O.props,size:String,checked:{type:[Boolean,String,Number],default:void 0},defaultChecked:{type:[Boolean,String,Number],default:!1},value:[String,Number],disabled:{type:Boolean,default:void 0},indeterminate:Boolean,label:String,focusable:{type:Boolean,default:!0},checkedValue:{type:[Boolean,String,Number],default:!0},uncheckedValue:{type:[Boolean,String,Number],default:!1},"onUpdate:checked":[Function,Array],onUpdateChecked:[Function,Array],privateInsideTable:Boolean,onChange:[Function,Array]};var Ee=W({name:"Checkbox",props:Ne,setup(e){const r=Re(q,null),u=N(null),{mergedClsPrefixRef:b,inlineThemeDisabled:p,mergedRtlRef:y,mergedComponentPropsRef:F}=Q(e),h=N(e.defaultChecked),c=E(e,"checked"),A=X(c,h),C=Se(()=>{if(r){const o=r.valueSetRef.value;return o&&e.value!==void 0?o.has(e.value):!1}else return A.value===e.checkedValue}),z=Y(e,{mergedSize(o){const{size:g}=e;if(g!==void 0)return g;if(r){const{value:s}=r.mergedSizeRef;if(s!==void 0)return s}if(o){const{mergedSize:s}=o;if(s!==void 0)return s.value}const x=F?.value?.Checkbox?.size;return x||"medium"},mergedDisabled(o){const{disabled:g}=e;if(g!==void 0)return g;if(r){if(r.disabledRef.value)return!0;const{maxRef:{value:x},checkedCountRef:s}=r;if(x!==void 0&&s.value>=x&&!C.value)return!0;const{minRef:{value:B}}=r;if(B!==void 0&&s.value<=B&&C.value)return!0}return o?o.disabled.value:!1}}),{mergedDisabledRef:a,mergedSizeRef:k}=z,l=O("Checkbox","-checkbox",Ue,Te,e,b);function i(o){if(r&&e.value!==void 0)r.toggleCheckbox(!C.value,e.value);else{const{onChange:g,"onUpdate:checked":x,onUpdateChecked:s}=e,{nTriggerFormInput:B,nTriggerFormChange:K}=z,M=C.value?e.uncheckedValue:e.checkedValue;x&&t(x,M,o),s&&t(s,M,o),g&&t(g,M,o),B(),K(),h.value=M}}function v(o){a.value||i(o)}function m(o){if(!a.value)switch(o.key){case" ":case"Enter":i(o)}}function d(o){o.key===" "&&o.preventDefault()}const I={focus:()=>{u.value?.focus()},blur:()=>{u.value?.blur()}},P=_e("Checkbox",y,b),H=U(()=>{const{value:o}=k,{common:{cubicBezierEaseInOut:g},self:{borderRadius:x,color:s,colorChecked:B,colorDisabled:K,colorTableHeader:M,colorTableHeaderModal:J,colorTableHeaderPopover:Z,checkMarkColor:ee,checkMarkColorDisabled:oe,border:re,borderFocus:ae,borderDisabled:ne,borderChecked:ce,boxShadowFocus:le,textColor:te,textColorDisabled:ie,checkMarkColorDisabledChecked:de,colorDisabledChecked:se,borderDisabledChecked:be,labelPadding:ue,labelLineHeight:he,labelFontWeight:fe,[G("fontSize",o)]:ke,[G("size",o)]:ve}}=l.value;return{"--n-label-line-height":he,"--n-label-font-weight":fe,"--n-size":ve,"--n-bezier":g,"--n-border-radius":x,"--n-border":re,"--n-border-checked":ce,"--n-border-focus":ae,"--n-border-disabled":ne,"--n-border-disabled-checked":be,"--n-box-shadow-focus":le,"--n-color":s,"--n-color-checked":B,"--n-color-table":M,"--n-color-table-modal":J,"--n-color-table-popover":Z,"--n-color-disabled":K,"--n-color-disabled-checked":se,"--n-text-color":te,"--n-text-color-disabled":ie,"--n-check-mark-color":ee,"--n-check-mark-color-disabled":oe,"--n-check-mark-color-disabled-checked":de,"--n-font-size":ke,"--n-label-padding":ue}}),j=p?$e("checkbox",U(()=>k.value[0]),H,e):void 0;return Object.assign(z,I,{rtlEnabled:P,selfRef:u,mergedClsPrefix:b,mergedDisabled:a,renderedChecked:C,mergedTheme:l,labelId:De(),handleClick:v,handleKeyUp:m,handleKeyDown:d,cssVars:p?void 0:H,themeClass:j?.themeClass,onRender:j?.onRender})},render(){const{$slots:e,renderedChecked:r,mergedDisabled:u,indeterminate:b,privateInsideTable:p,cssVars:y,labelId:F,label:h,mergedClsPrefix:c,focusable:A,handleKeyUp:C,handleKeyDown:z,handleClick:a}=this;this.onRender?.();const k=pe(e.default,l=>h||l?(S(),$("span",{key:1,class:R(`${c}-checkbox__label`),id:F},[_(()=>h||l)],10,Pe)):null);return(()=>{const l=V("70be6e74cd27cb50");return S(),$("div",{ref:"selfRef",class:R([`${c}-checkbox`,this.themeClass,this.rtlEnabled&&`${c}-checkbox--rtl`,r&&`${c}-checkbox--checked`,u&&`${c}-checkbox--disabled`,b&&`${c}-checkbox--indeterminate`,p&&`${c}-checkbox--inside-table`,k&&`${c}-checkbox--show-label`]),tabindex:u||!A?void 0:0,role:"checkbox","aria-checked":b?"mixed":r,"aria-labelledby":F,style:ze(y),onKeyup:C,onKeydown:z,onClick:a,onMousedown:l[0]||(l[0]=()=>{we("selectstart",window,i=>{i.preventDefault()},{once:!0})})},[D("div",{class:R(`${c}-checkbox-box-wrapper`)},[l[1]||(l[1]=_(" ",-1)),D("div",{class:R(`${c}-checkbox-box`)},[ye(Ce,null,{default:()=>this.indeterminate?(S(),$("div",{key:"indeterminate",class:R(`${c}-checkbox-icon`)},[_(()=>Ie())],2)):(S(),$("div",{key:"check",class:R(`${c}-checkbox-icon`)},[_(()=>Ae())],2))},1024),D("div",{class:R(`${c}-checkbox-box__border`)},null,2)],2)],2),_(()=>k)],46,Ke)})()}});const q=Fe("n-checkbox-group"),Ve={min:Number,max:Number,size:String,options:Array,labelField:{type:String,default:"label"},valueField:{type:String,default:"value"},value:Array,defaultValue:{type:Array,default:null},disabled:{type:Boolean,default:void 0},"onUpdate:value":[Function,Array],onUpdateValue:[Function,Array],onChange:[Function,Array]};var Ge=W({name:"CheckboxGroup",props:Ve,setup(e){const{mergedClsPrefixRef:r}=Q(e),u=Y(e),{mergedSizeRef:b,mergedDisabledRef:p}=u,y=N(e.defaultValue),F=U(()=>e.value),h=X(F,y),c=U(()=>h.value?.length||0),A=U(()=>Array.isArray(h.value)?new Set(h.value):new Set);function C(z,a){const{nTriggerFormInput:k,nTriggerFormChange:l}=u,{onChange:i,"onUpdate:value":v,onUpdateValue:m}=e;if(Array.isArray(h.value)){const d=Array.from(h.value),I=d.findIndex(P=>P===a);z?~I||(d.push(a),m&&t(m,d,{actionType:"check",value:a}),v&&t(v,d,{actionType:"check",value:a}),k(),l(),y.value=d,i&&t(i,d)):~I&&(d.splice(I,1),m&&t(m,d,{actionType:"uncheck",value:a}),v&&t(v,d,{actionType:"uncheck",value:a}),i&&t(i,d),y.value=d,k(),l())}else z?(m&&t(m,[a],{actionType:"check",value:a}),v&&t(v,[a],{actionType:"check",value:a}),i&&t(i,[a]),y.value=[a],k(),l()):(m&&t(m,[],{actionType:"uncheck",value:a}),v&&t(v,[],{actionType:"uncheck",value:a}),i&&t(i,[]),y.value=[],k(),l())}return Me(q,{checkedCountRef:c,maxRef:E(e,"max"),minRef:E(e,"min"),valueSetRef:A,disabledRef:p,mergedSizeRef:b,toggleCheckbox:C}),{mergedClsPrefix:r}},render(){const{options:e,labelField:r,valueField:u}=this.$props;return S(),$("div",{class:R(`${this.mergedClsPrefix}-checkbox-group`),role:"group"},[e?(S(),$(L,{key:0},[_(()=>e.map(b=>{const p=b[u];return S(),Be(Ee,{key:p,value:p,disabled:b.disabled,label:b[r]},null,8,["value","disabled","label"])}))],64)):(S(),$(L,{key:1},[_(()=>this.$slots.default?.())],64))],2)}});const He={tiny:"mini",small:"tiny",medium:"small",large:"medium",huge:"large"};function Le(e){const r=He[e];if(r===void 0)throw new Error(`${e} has no smaller size.`);return r}export{Ee as C,Ge as a,Le as s};
