import{r as n,cM as e}from"./index-B-L-dhRz.js";const o=n(Date.now());window.setInterval(()=>o.value=Date.now(),1e3);const t=e(o);export{t as n};
