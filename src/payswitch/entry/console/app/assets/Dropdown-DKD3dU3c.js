import{cK as Oe,cL as Ae,aE as Te,cM as Me,X as Ee,bI as ee,S as ve,bJ as oe,d as N,bW as te,a as g,a_ as R,b0 as _,a$ as B,b3 as ie,cq as xe,ac as Z,aV as G,b7 as ke,cN as je,bc as Se,f as w,cB as He,aQ as we,o as s,c as b,aS as K,r as A,b as k,aR as C,aW as re,F as L,c0 as Ce,aT as T,cO as Pe,bX as ne,bK as Ve,bM as Ue,bN as We,bO as qe,bj as q,cP as Ge,cQ as Ze,cR as Xe,cS as Qe,bC as Je,b2 as be,b1 as $,ct as Ne,cv as Ye,ax as eo,ba as oo,bk as I,cT as no,bl as fe,bf as O}from"./index-B-L-dhRz.js";import{C as ro}from"./ChevronRight-BjuPioQz.js";import{h as ye}from"./happens-in-CM8LO42l.js";import{b as to}from"./Select-Cv5IgHOt.js";function io(e={},o){const t=Ee({ctrl:!1,command:!1,win:!1,shift:!1,tab:!1}),{keydown:n,keyup:i}=e,a=l=>{switch(l.key){case"Control":t.ctrl=!0;break;case"Meta":t.command=!0,t.win=!0;break;case"Shift":t.shift=!0;break;case"Tab":t.tab=!0;break}n!==void 0&&Object.keys(n).forEach(x=>{if(x!==l.key)return;const m=n[x];if(typeof m=="function")m(l);else{const{stop:P=!1,prevent:S=!1}=m;P&&l.stopPropagation(),S&&l.preventDefault(),m.handler(l)}})},d=l=>{switch(l.key){case"Control":t.ctrl=!1;break;case"Meta":t.command=!1,t.win=!1;break;case"Shift":t.shift=!1;break;case"Tab":t.tab=!1;break}i!==void 0&&Object.keys(i).forEach(x=>{if(x!==l.key)return;const m=i[x];if(typeof m=="function")m(l);else{const{stop:P=!1,prevent:S=!1}=m;P&&l.stopPropagation(),S&&l.preventDefault(),m.handler(l)}})},u=()=>{(o===void 0||o.value)&&(ee("keydown",document,a),ee("keyup",document,d)),o!==void 0&&ve(o,l=>{l?(ee("keydown",document,a),ee("keyup",document,d)):(oe("keydown",document,a),oe("keyup",document,d))})};return Oe()?(Ae(u),Te(()=>{(o===void 0||o.value)&&(oe("keydown",document,a),oe("keyup",document,d))})):u(),Me(t)}function ao(e){return o=>{o?e.value=o.$el:e.value=null}}var Po=N({name:"Backward",render(){return(()=>{const e=te("20cdf29399dd0749");return e[0]||(e[0]=g("svg",{viewBox:"0 0 20 20",fill:"none",xmlns:"http://www.w3.org/2000/svg"},[g("path",{d:"M12.2674 15.793C11.9675 16.0787 11.4927 16.0672 11.2071 15.7673L6.20572 10.5168C5.9298 10.2271 5.9298 9.7719 6.20572 9.48223L11.2071 4.23177C11.4927 3.93184 11.9675 3.92031 12.2674 4.206C12.5673 4.49169 12.5789 4.96642 12.2932 5.26634L7.78458 9.99952L12.2932 14.7327C12.5789 15.0326 12.5673 15.5074 12.2674 15.793Z",fill:"currentColor"})],-1))})()}}),No=N({name:"FastBackward",render(){return(()=>{const e=te("9d0d04cc580afefa");return e[0]||(e[0]=g("svg",{viewBox:"0 0 20 20",version:"1.1",xmlns:"http://www.w3.org/2000/svg"},[g("g",{stroke:"none","stroke-width":"1",fill:"none","fill-rule":"evenodd"},[g("g",{fill:"currentColor","fill-rule":"nonzero"},[g("path",{d:"M8.73171,16.7949 C9.03264,17.0795 9.50733,17.0663 9.79196,16.7654 C10.0766,16.4644 10.0634,15.9897 9.76243,15.7051 L4.52339,10.75 L17.2471,10.75 C17.6613,10.75 17.9971,10.4142 17.9971,10 C17.9971,9.58579 17.6613,9.25 17.2471,9.25 L4.52112,9.25 L9.76243,4.29275 C10.0634,4.00812 10.0766,3.53343 9.79196,3.2325 C9.50733,2.93156 9.03264,2.91834 8.73171,3.20297 L2.31449,9.27241 C2.14819,9.4297 2.04819,9.62981 2.01448,9.8386 C2.00308,9.89058 1.99707,9.94459 1.99707,10 C1.99707,10.0576 2.00356,10.1137 2.01585,10.1675 C2.05084,10.3733 2.15039,10.5702 2.31449,10.7254 L8.73171,16.7949 Z"})])])],-1))})()}}),Ro=N({name:"FastForward",render(){return(()=>{const e=te("c2e477dd1211740a");return e[0]||(e[0]=g("svg",{viewBox:"0 0 20 20",version:"1.1",xmlns:"http://www.w3.org/2000/svg"},[g("g",{stroke:"none","stroke-width":"1",fill:"none","fill-rule":"evenodd"},[g("g",{fill:"currentColor","fill-rule":"nonzero"},[g("path",{d:"M11.2654,3.20511 C10.9644,2.92049 10.4897,2.93371 10.2051,3.23464 C9.92049,3.53558 9.93371,4.01027 10.2346,4.29489 L15.4737,9.25 L2.75,9.25 C2.33579,9.25 2,9.58579 2,10.0000012 C2,10.4142 2.33579,10.75 2.75,10.75 L15.476,10.75 L10.2346,15.7073 C9.93371,15.9919 9.92049,16.4666 10.2051,16.7675 C10.4897,17.0684 10.9644,17.0817 11.2654,16.797 L17.6826,10.7276 C17.8489,10.5703 17.9489,10.3702 17.9826,10.1614 C17.994,10.1094 18,10.0554 18,10.0000012 C18,9.94241 17.9935,9.88633 17.9812,9.83246 C17.9462,9.62667 17.8467,9.42976 17.6826,9.27455 L11.2654,3.20511 Z"})])])],-1))})()}}),_o=N({name:"Forward",render(){return(()=>{const e=te("6fb2c33c1e576c93");return e[0]||(e[0]=g("svg",{viewBox:"0 0 20 20",fill:"none",xmlns:"http://www.w3.org/2000/svg"},[g("path",{d:"M7.73271 4.20694C8.03263 3.92125 8.50737 3.93279 8.79306 4.23271L13.7944 9.48318C14.0703 9.77285 14.0703 10.2281 13.7944 10.5178L8.79306 15.7682C8.50737 16.0681 8.03263 16.0797 7.73271 15.794C7.43279 15.5083 7.42125 15.0336 7.70694 14.7336L12.2155 10.0005L7.70694 5.26729C7.42125 4.96737 7.43279 4.49264 7.73271 4.20694Z",fill:"currentColor"})],-1))})()}}),lo=R("icon",`
 height: 1em;
 width: 1em;
 line-height: 1em;
 text-align: center;
 display: inline-block;
 position: relative;
 fill: currentColor;
`,[_("color-transition",{transition:"color .3s var(--n-bezier)"}),_("depth",{color:"var(--n-color)"},[B("svg",{opacity:"var(--n-opacity)",transition:"opacity .3s var(--n-bezier)"})]),B("svg",{height:"1em",width:"1em"})]);const so={...ie.props,depth:[String,Number],size:[Number,String],color:String,component:[Object,Function]},co=N({_n_icon__:!0,name:"Icon",inheritAttrs:!1,props:so,setup(e){const{mergedClsPrefixRef:o,inlineThemeDisabled:t}=ke(e),n=ie("Icon","-icon",lo,je,e,o),i=w(()=>{const{depth:d}=e,{common:{cubicBezierEaseInOut:u},self:l}=n.value;if(d!==void 0){const{color:x,[`opacity${d}Depth`]:m}=l;return{"--n-bezier":u,"--n-color":x,"--n-opacity":m}}return{"--n-bezier":u,"--n-color":"","--n-opacity":""}}),a=t?Se("icon",w(()=>`${e.depth||"d"}`),i,e):void 0;return{mergedClsPrefix:o,mergedStyle:w(()=>{const{size:d,color:u}=e;return{fontSize:He(d),color:u}}),cssVars:t?void 0:i,themeClass:a?.themeClass,onRender:a?.onRender}},render(){const{$parent:e,depth:o,mergedClsPrefix:t,component:n,onRender:i,themeClass:a}=this;return e?.$options?._n_icon__&&xe("icon","don't wrap `n-icon` inside `n-icon`"),i?.(),Z("i",G(this.$attrs,{role:"img",class:[`${t}-icon`,a,{[`${t}-icon--depth`]:o,[`${t}-icon--color-transition`]:o!==void 0}],style:[this.cssVars,this.mergedStyle]}),n?Z(n):this.$slots.default?.())}}),me=we("n-dropdown-menu"),ae=we("n-dropdown"),ge=we("n-dropdown-option");var Re=N({name:"DropdownDivider",props:{clsPrefix:{type:String,required:!0}},render(){return s(),b("div",{class:K(`${this.clsPrefix}-dropdown-divider`)},null,2)}});function he(e,o){return e.type==="submenu"||e.type===void 0&&e[o]!==void 0}function uo(e){return e.type==="group"}function _e(e){return e.type==="divider"}function po(e){return e.type==="render"}function fo(e,o,t){const n=A(e.value);let i=null;return ve(e,a=>{i!==null&&window.clearTimeout(i),a===!0?t&&!t.value?n.value=!0:i=window.setTimeout(()=>{n.value=!0},o):n.value=!1}),n}var Ke=N({name:"DropdownOption",props:{clsPrefix:{type:String,required:!0},tmNode:{type:Object,required:!0},parentKey:{type:[String,Number],default:null},placement:{type:String,default:"right-start"},props:Object,scrollable:Boolean},setup(e){const o=T(ae),{hoverKeyRef:t,keyboardKeyRef:n,lastToggledSubmenuKeyRef:i,pendingKeyPathRef:a,activeKeyPathRef:d,animatedRef:u,mergedShowRef:l,renderLabelRef:x,renderIconRef:m,labelFieldRef:P,childrenFieldRef:S,renderOptionRef:M,nodePropsRef:E,menuPropsRef:z}=o,j=T(ge,null),H=T(me),V=T(Pe),J=w(()=>e.tmNode.rawNode),X=w(()=>{const{value:r}=S;return he(e.tmNode.rawNode,r)}),de=w(()=>{const{disabled:r}=e.tmNode;return r}),le=w(()=>{if(!X.value)return!1;const{key:r,disabled:c}=e.tmNode;if(c)return!1;const{value:y}=t,{value:F}=n,{value:pe}=i,{value:D}=a;return y!==null?D.includes(r):F!==null?D.includes(r)&&D[D.length-1]!==r:pe!==null?D.includes(r):!1}),se=w(()=>n.value===null&&!u.value),ce=fo(le,300,se),ue=w(()=>!!j?.enteringSubmenuRef.value),U=A(!1);q(ge,{enteringSubmenuRef:U});function W(){U.value=!0}function Y(){U.value=!1}function Q(){const{parentKey:r,tmNode:c}=e;c.disabled||l.value&&(i.value=r,n.value=null,t.value=c.key)}function p(){const{tmNode:r}=e;r.disabled||l.value&&t.value!==r.key&&Q()}function f(r){if(e.tmNode.disabled||!l.value)return;const{relatedTarget:c}=r;c&&!ye({target:c},"dropdownOption")&&!ye({target:c},"scrollbarRail")&&(t.value=null)}function v(){const{value:r}=X,{tmNode:c}=e;l.value&&!r&&!c.disabled&&(o.doSelect(c.key,c.rawNode),o.doUpdateShow(!1))}return{labelField:P,renderLabel:x,renderIcon:m,siblingHasIcon:H.showIconRef,siblingHasSubmenu:H.hasSubmenuRef,menuProps:z,popoverBody:V,animated:u,mergedShowSubmenu:w(()=>ce.value&&!ue.value),rawNode:J,hasSubmenu:X,pending:ne(()=>{const{value:r}=a,{key:c}=e.tmNode;return r.includes(c)}),childActive:ne(()=>{const{value:r}=d,{key:c}=e.tmNode,y=r.findIndex(F=>c===F);return y===-1?!1:y<r.length-1}),active:ne(()=>{const{value:r}=d,{key:c}=e.tmNode,y=r.findIndex(F=>c===F);return y===-1?!1:y===r.length-1}),mergedDisabled:de,renderOption:M,nodeProps:E,handleClick:v,handleMouseMove:p,handleMouseEnter:Q,handleMouseLeave:f,handleSubmenuBeforeEnter:W,handleSubmenuAfterEnter:Y}},render(){const{animated:e,rawNode:o,mergedShowSubmenu:t,clsPrefix:n,siblingHasIcon:i,siblingHasSubmenu:a,renderLabel:d,renderIcon:u,renderOption:l,nodeProps:x,props:m,scrollable:P}=this;let S=null;if(t){const j=this.menuProps?.(o,o.children);S=(H=>(s(),k(Ie,G({key:1},j,{clsPrefix:n,scrollable:this.scrollable,tmNodes:this.tmNode.children,parentKey:this.tmNode.key}),null,16,["clsPrefix","scrollable","tmNodes","parentKey"])))()}const M={class:[`${n}-dropdown-option-body`,this.pending&&`${n}-dropdown-option-body--pending`,this.active&&`${n}-dropdown-option-body--active`,this.childActive&&`${n}-dropdown-option-body--child-active`,this.mergedDisabled&&`${n}-dropdown-option-body--disabled`],onMousemove:this.handleMouseMove,onMouseenter:this.handleMouseEnter,onMouseleave:this.handleMouseLeave,onClick:this.handleClick},E=x?.(o),z=(s(),b("div",G({class:[`${n}-dropdown-option`,E?.class],"data-dropdown-option":!0},E),[C(()=>Z("div",G(M,m),[(s(),b("div",{class:K([`${n}-dropdown-option-body__prefix`,i&&`${n}-dropdown-option-body__prefix--show-icon`])},[C(()=>[u?u(o):re(o.icon)])],2)),(s(),b("div",{"data-dropdown-option":!0,class:K(`${n}-dropdown-option-body__label`)},[d?(s(),b(L,{key:0},[C(()=>d(o))],64)):(s(),b(L,{key:1},[C(()=>re(o[this.labelField]??o.title))],64))],2)),(s(),b("div",{"data-dropdown-option":!0,class:K([`${n}-dropdown-option-body__suffix`,a&&`${n}-dropdown-option-body__suffix--has-submenu`])},[this.hasSubmenu?(s(),k(co,{key:0},{_:1,default:Ce(()=>(s(),k(ro)))})):C(()=>null)],2))])),this.hasSubmenu?(s(),k(qe,{key:0},{default:()=>[(s(),k(Ve,null,{default:()=>(s(),b("div",{class:K(`${n}-dropdown-offset-container`)},[(s(),k(Ue,{show:this.mergedShowSubmenu,placement:this.placement,to:P&&this.popoverBody||void 0,teleportDisabled:!P},{default:()=>(s(),b("div",{class:K(`${n}-dropdown-menu-wrapper`)},[e?(s(),k(We,{key:0,onBeforeEnter:this.handleSubmenuBeforeEnter,onAfterEnter:this.handleSubmenuAfterEnter,name:"fade-in-scale-up-transition",appear:!0},{default:()=>S},1032,["onBeforeEnter","onAfterEnter"])):(s(),b(L,{key:1},[C(()=>S)],64))],2))},1032,["show","placement","to","teleportDisabled"]))],2))},1024))]},1024)):C(()=>null)],16));return l?l({node:z,option:o}):z}}),ho=N({name:"DropdownGroupHeader",props:{clsPrefix:{type:String,required:!0},tmNode:{type:Object,required:!0}},setup(){const{showIconRef:e,hasSubmenuRef:o}=T(me),{renderLabelRef:t,labelFieldRef:n,nodePropsRef:i,renderOptionRef:a}=T(ae);return{labelField:n,showIcon:e,hasSubmenu:o,renderLabel:t,nodeProps:i,renderOption:a}},render(){const{clsPrefix:e,hasSubmenu:o,showIcon:t,nodeProps:n,renderLabel:i,renderOption:a}=this,{rawNode:d}=this.tmNode,u=(s(),b("div",G({class:`${e}-dropdown-option`},n?.(d)),[g("div",{class:K(`${e}-dropdown-option-body ${e}-dropdown-option-body--group`)},[g("div",{"data-dropdown-option":!0,class:K([`${e}-dropdown-option-body__prefix`,t&&`${e}-dropdown-option-body__prefix--show-icon`])},[C(()=>re(d.icon))],2),g("div",{class:K(`${e}-dropdown-option-body__label`),"data-dropdown-option":!0},[i?(s(),b(L,{key:0},[C(()=>i(d))],64)):(s(),b(L,{key:1},[C(()=>re(d.title??d[this.labelField]))],64))],2),g("div",{class:K([`${e}-dropdown-option-body__suffix`,o&&`${e}-dropdown-option-body__suffix--has-submenu`]),"data-dropdown-option":!0},null,2)],2)],16));return a?a({node:u,option:d}):u}}),vo=N({name:"NDropdownGroup",props:{clsPrefix:{type:String,required:!0},tmNode:{type:Object,required:!0},parentKey:{type:[String,Number],default:null}},render(){const{tmNode:e,parentKey:o,clsPrefix:t}=this,{children:n}=e;return s(),b(L,null,[(s(),k(ho,{clsPrefix:t,tmNode:e,key:e.key},null,8,["clsPrefix","tmNode"])),C(()=>n?.map(i=>{const{rawNode:a}=i;return a.show===!1?null:_e(a)?Z(Re,{clsPrefix:t,key:i.key}):i.isGroup?(xe("dropdown","`group` node is not allowed to be put in `group` node."),null):(s(),k(Ke,{clsPrefix:t,tmNode:i,parentKey:o,key:i.key},null,8,["clsPrefix","tmNode","parentKey"]))}))],64)}}),wo=N({name:"DropdownRenderOption",props:{tmNode:{type:Object,required:!0}},render(){const{rawNode:{render:e,props:o}}=this.tmNode;return Z("div",o,[e?.()])}}),Ie=N({name:"DropdownMenu",props:{scrollable:Boolean,showArrow:Boolean,arrowStyle:[String,Object],clsPrefix:{type:String,required:!0},tmNodes:{type:Array,default:()=>[]},parentKey:{type:[String,Number],default:null}},setup(e){const{renderIconRef:o,childrenFieldRef:t}=T(ae);q(me,{showIconRef:w(()=>{const i=o.value;return e.tmNodes.some(a=>{if(a.isGroup)return a.children?.some(({rawNode:u})=>i?i(u):u.icon);const{rawNode:d}=a;return i?i(d):d.icon})}),hasSubmenuRef:w(()=>{const{value:i}=t;return e.tmNodes.some(a=>{if(a.isGroup)return a.children?.some(({rawNode:u})=>he(u,i));const{rawNode:d}=a;return he(d,i)})})});const n=A(null);return q(Xe,null),q(Qe,null),q(Pe,n),{bodyRef:n}},render(){const{parentKey:e,clsPrefix:o,scrollable:t}=this,n=this.tmNodes.map(i=>{const{rawNode:a}=i;return a.show===!1?null:po(a)?(s(),k(wo,{tmNode:i,key:i.key},null,8,["tmNode"])):_e(a)?(s(),k(Re,{clsPrefix:o,key:i.key},null,8,["clsPrefix"])):uo(a)?(s(),k(vo,{clsPrefix:o,tmNode:i,parentKey:e,key:i.key},null,8,["clsPrefix","tmNode","parentKey"])):(s(),k(Ke,{clsPrefix:o,tmNode:i,parentKey:e,key:i.key,props:a.props,scrollable:t},null,8,["clsPrefix","tmNode","parentKey","props","scrollable"]))});return s(),b("div",{class:K([`${o}-dropdown-menu`,t&&`${o}-dropdown-menu--scrollable`]),ref:"bodyRef"},[t?(s(),k(Ze,{key:0,contentClass:`${o}-dropdown-menu__content`},{default:()=>n},1032,["contentClass"])):(s(),b(L,{key:1},[C(()=>n)],64)),this.showArrow?(s(),b(L,{key:2},[C(()=>Ge({clsPrefix:o,arrowStyle:this.arrowStyle,arrowClass:void 0,arrowWrapperClass:void 0,arrowWrapperStyle:void 0}))],64)):C(()=>null)],2)}}),mo=R("dropdown-menu",`
 transform-origin: var(--v-transform-origin);
 background-color: var(--n-color);
 border-radius: var(--n-border-radius);
 box-shadow: var(--n-box-shadow);
 position: relative;
 transition:
 background-color .3s var(--n-bezier),
 box-shadow .3s var(--n-bezier);
`,[Je(),R("dropdown-option",`
 position: relative;
 `,[B("a",`
 text-decoration: none;
 color: inherit;
 outline: none;
 `,[B("&::before",`
 content: "";
 position: absolute;
 left: 0;
 right: 0;
 top: 0;
 bottom: 0;
 `)]),R("dropdown-option-body",`
 display: flex;
 cursor: pointer;
 position: relative;
 height: var(--n-option-height);
 line-height: var(--n-option-height);
 font-size: var(--n-font-size);
 color: var(--n-option-text-color);
 transition: color .3s var(--n-bezier);
 `,[B("&::before",`
 content: "";
 position: absolute;
 top: 0;
 bottom: 0;
 left: 4px;
 right: 4px;
 transition: background-color .3s var(--n-bezier);
 border-radius: var(--n-border-radius);
 `),be("disabled",[_("pending",`
 color: var(--n-option-text-color-hover);
 `,[$("prefix, suffix",`
 color: var(--n-option-text-color-hover);
 `),B("&::before","background-color: var(--n-option-color-hover);")]),_("active",`
 color: var(--n-option-text-color-active);
 `,[$("prefix, suffix",`
 color: var(--n-option-text-color-active);
 `),B("&::before","background-color: var(--n-option-color-active);")]),_("child-active",`
 color: var(--n-option-text-color-child-active);
 `,[$("prefix, suffix",`
 color: var(--n-option-text-color-child-active);
 `)])]),_("disabled",`
 cursor: not-allowed;
 opacity: var(--n-option-opacity-disabled);
 `),_("group",`
 font-size: calc(var(--n-font-size) - 1px);
 color: var(--n-group-header-text-color);
 `,[$("prefix",`
 width: calc(var(--n-option-prefix-width) / 2);
 `,[_("show-icon",`
 width: calc(var(--n-option-icon-prefix-width) / 2);
 `)])]),$("prefix",`
 width: var(--n-option-prefix-width);
 display: flex;
 justify-content: center;
 align-items: center;
 color: var(--n-prefix-color);
 transition: color .3s var(--n-bezier);
 z-index: 1;
 `,[_("show-icon",`
 width: var(--n-option-icon-prefix-width);
 `),R("icon",`
 font-size: var(--n-option-icon-size);
 `)]),$("label",`
 white-space: nowrap;
 flex: 1;
 z-index: 1;
 `),$("suffix",`
 box-sizing: border-box;
 flex-grow: 0;
 flex-shrink: 0;
 display: flex;
 justify-content: flex-end;
 align-items: center;
 min-width: var(--n-option-suffix-width);
 padding: 0 8px;
 transition: color .3s var(--n-bezier);
 color: var(--n-suffix-color);
 z-index: 1;
 `,[_("has-submenu",`
 width: var(--n-option-icon-suffix-width);
 `),R("icon",`
 font-size: var(--n-option-icon-size);
 `)]),R("dropdown-menu","pointer-events: all;")]),R("dropdown-offset-container",`
 pointer-events: none;
 position: absolute;
 left: 0;
 right: 0;
 top: -4px;
 bottom: -4px;
 `)]),R("dropdown-divider",`
 transition: background-color .3s var(--n-bezier);
 background-color: var(--n-divider-color);
 height: 1px;
 margin: 4px 0;
 `),R("dropdown-menu-wrapper",`
 transform-origin: var(--v-transform-origin);
 width: fit-content;
 `),B(">",[R("scrollbar",`
 height: inherit;
 max-height: inherit;
 `)]),be("scrollable",`
 padding: var(--n-padding);
 `),_("scrollable",[$("content",`
 padding: var(--n-padding);
 `)])]);const bo={animated:{type:Boolean,default:!0},keyboard:{type:Boolean,default:!0},size:String,inverted:Boolean,placement:{type:String,default:"bottom"},onSelect:[Function,Array],options:{type:Array,default:()=>[]},menuProps:Function,showArrow:Boolean,renderLabel:Function,renderIcon:Function,renderOption:Function,nodeProps:Function,labelField:{type:String,default:"label"},keyField:{type:String,default:"key"},childrenField:{type:String,default:"children"},value:[String,Number]},yo=Object.keys(Ne),go={...Ne,...bo,...ie.props};var Ko=N({name:"Dropdown",inheritAttrs:!1,props:go,setup(e){const o=A(!1),t=oo(I(e,"show"),o),n=w(()=>{const{keyField:p,childrenField:f}=e;return to(e.options,{getKey(v){return v[p]},getDisabled(v){return v.disabled===!0},getIgnored(v){return v.type==="divider"||v.type==="render"},getChildren(v){return v[f]}})}),i=w(()=>n.value.treeNodes),a=A(null),d=A(null),u=A(null),l=w(()=>a.value??d.value??u.value??null),x=w(()=>n.value.getPath(l.value).keyPath),m=w(()=>n.value.getPath(e.value).keyPath),P=ne(()=>e.keyboard&&t.value);io({keydown:{ArrowUp:{prevent:!0,handler:se},ArrowRight:{prevent:!0,handler:le},ArrowDown:{prevent:!0,handler:ce},ArrowLeft:{prevent:!0,handler:de},Enter:{prevent:!0,handler:ue},Escape:X}},P);const{mergedClsPrefixRef:S,inlineThemeDisabled:M,mergedComponentPropsRef:E}=ke(e),z=w(()=>e.size||E?.value?.Dropdown?.size||"medium"),j=ie("Dropdown","-dropdown",mo,no,e,S);q(ae,{labelFieldRef:I(e,"labelField"),childrenFieldRef:I(e,"childrenField"),renderLabelRef:I(e,"renderLabel"),renderIconRef:I(e,"renderIcon"),hoverKeyRef:a,keyboardKeyRef:d,lastToggledSubmenuKeyRef:u,pendingKeyPathRef:x,activeKeyPathRef:m,animatedRef:I(e,"animated"),mergedShowRef:t,nodePropsRef:I(e,"nodeProps"),renderOptionRef:I(e,"renderOption"),menuPropsRef:I(e,"menuProps"),doSelect:H,doUpdateShow:V}),ve(t,p=>{!e.animated&&!p&&J()});function H(p,f){const{onSelect:v}=e;v&&fe(v,p,f)}function V(p){const{"onUpdate:show":f,onUpdateShow:v}=e;f&&fe(f,p),v&&fe(v,p),o.value=p}function J(){a.value=null,d.value=null,u.value=null}function X(){V(!1)}function de(){W("left")}function le(){W("right")}function se(){W("up")}function ce(){W("down")}function ue(){const p=U();p?.isLeaf&&t.value&&(H(p.key,p.rawNode),V(!1))}function U(){const{value:p}=n,{value:f}=l;return!p||f===null?null:p.getNode(f)??null}function W(p){const{value:f}=l,{value:{getFirstAvailableNode:v}}=n;let r=null;if(f===null){const c=v();c!==null&&(r=c.key)}else{const c=U();if(c){let y;switch(p){case"down":y=c.getNext();break;case"up":y=c.getPrev();break;case"right":y=c.getChild();break;case"left":y=c.getParent()}y&&(r=y.key)}}r!==null&&(a.value=null,d.value=r)}const Y=w(()=>{const{inverted:p}=e,f=z.value,{common:{cubicBezierEaseInOut:v},self:r}=j.value,{padding:c,dividerColor:y,borderRadius:F,optionOpacityDisabled:pe,[O("optionIconSuffixWidth",f)]:D,[O("optionSuffixWidth",f)]:ze,[O("optionIconPrefixWidth",f)]:$e,[O("optionPrefixWidth",f)]:Be,[O("fontSize",f)]:Le,[O("optionHeight",f)]:Fe,[O("optionIconSize",f)]:De}=r,h={"--n-bezier":v,"--n-font-size":Le,"--n-padding":c,"--n-border-radius":F,"--n-option-height":Fe,"--n-option-prefix-width":Be,"--n-option-icon-prefix-width":$e,"--n-option-suffix-width":ze,"--n-option-icon-suffix-width":D,"--n-option-icon-size":De,"--n-divider-color":y,"--n-option-opacity-disabled":pe};return p?(h["--n-color"]=r.colorInverted,h["--n-option-color-hover"]=r.optionColorHoverInverted,h["--n-option-color-active"]=r.optionColorActiveInverted,h["--n-option-text-color"]=r.optionTextColorInverted,h["--n-option-text-color-hover"]=r.optionTextColorHoverInverted,h["--n-option-text-color-active"]=r.optionTextColorActiveInverted,h["--n-option-text-color-child-active"]=r.optionTextColorChildActiveInverted,h["--n-prefix-color"]=r.prefixColorInverted,h["--n-suffix-color"]=r.suffixColorInverted,h["--n-group-header-text-color"]=r.groupHeaderTextColorInverted):(h["--n-color"]=r.color,h["--n-option-color-hover"]=r.optionColorHover,h["--n-option-color-active"]=r.optionColorActive,h["--n-option-text-color"]=r.optionTextColor,h["--n-option-text-color-hover"]=r.optionTextColorHover,h["--n-option-text-color-active"]=r.optionTextColorActive,h["--n-option-text-color-child-active"]=r.optionTextColorChildActive,h["--n-prefix-color"]=r.prefixColor,h["--n-suffix-color"]=r.suffixColor,h["--n-group-header-text-color"]=r.groupHeaderTextColor),h}),Q=M?Se("dropdown",w(()=>`${z.value[0]}${e.inverted?"i":""}`),Y,e):void 0;return{mergedClsPrefix:S,mergedTheme:j,mergedSize:z,tmNodes:i,mergedShow:t,handleAfterLeave:()=>{e.animated&&J()},doUpdateShow:V,cssVars:M?void 0:Y,themeClass:Q?.themeClass,onRender:Q?.onRender}},render(){const e=(n,i,a,d,u)=>{const{mergedClsPrefix:l,menuProps:x}=this;this.onRender?.();const m=x?.(void 0,this.tmNodes.map(S=>S.rawNode))||{},P={ref:ao(i),class:[n,`${l}-dropdown`,`${l}-dropdown--${this.mergedSize}-size`,this.themeClass],clsPrefix:l,tmNodes:this.tmNodes,style:[...a,this.cssVars],showArrow:this.showArrow,arrowStyle:this.arrowStyle,scrollable:this.scrollable,onMouseenter:d,onMouseleave:u};return Z(Ie,G(this.$attrs,P,m))},{mergedTheme:o}=this,t={show:this.mergedShow,theme:o.peers.Popover,themeOverrides:o.peerOverrides.Popover,internalOnAfterLeave:this.handleAfterLeave,internalRenderBody:e,onUpdateShow:this.doUpdateShow,"onUpdate:show":void 0};return s(),k(eo,Ye(this.$props,yo,t),{_:1,trigger:Ce(()=>this.$slots.default?.())},16)}});export{Po as B,Ko as D,No as F,_o as a,Ro as b,ao as c,io as u};
