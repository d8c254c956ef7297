import{r as n,cw as e}from"./index-DfncdOnr.js";const o=n(Date.now());window.setInterval(()=>o.value=Date.now(),1e3);const t=e(o);export{t as n};
