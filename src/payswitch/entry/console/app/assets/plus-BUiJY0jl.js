import{G as e}from"./index-B-L-dhRz.js";const a={name:"plus",size:24,node:[["path",{d:"M5 12h14",key:"1ays0h"}],["path",{d:"M12 5v14",key:"s699le"}]]},o=e(a);export{o as P};
