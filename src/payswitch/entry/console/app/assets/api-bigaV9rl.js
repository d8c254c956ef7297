import{av as n}from"./index-B-L-dhRz.js";const s="/v1/admin/events",a=(e,t)=>n.get(s,e,t),r=e=>n.post(`${s}/${encodeURIComponent(e)}/resend`);export{a as l,r};
