import{r as n,cx as e}from"./index-P-eqNKM8.js";const o=n(Date.now());window.setInterval(()=>o.value=Date.now(),1e3);const t=e(o);export{t as n};
