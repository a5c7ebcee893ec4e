/* local stand-in until the core has it */
#include <ngx_config.h>
#include <ngx_core.h>
#include <mcp_pass.h>
static ngx_int_t var(ngx_pool_t *pool, ngx_array_t *atoms, u_char op, u_char *p, u_char *e){ mcp_pass_atom_t *a;
 for(;;){ u_char *q=ngx_strlchr(p,e,','); u_char *z=q?q:e; a=ngx_array_push(atoms); ngx_memzero(a,sizeof(*a)); a->op=op; a->from.data=p; a->from.len=z-p; if(a->from.len && z[-1]=='*'){a->from.len--;a->explode=1;} if (a->from.len==0) return NGX_DECLINED; a->text=a->from; if(!q) break; p=q+1;} return NGX_OK; }
static ngx_int_t comp(ngx_pool_t *pool, ngx_str_t *t, ngx_uint_t kind, ngx_array_t *atoms,const char **err){ u_char *p=t->data,*e=p+t->len,*s=p; mcp_pass_atom_t *a; ngx_array_init(atoms,pool,4,sizeof(mcp_pass_atom_t));
 while(p<e){ if(*p!='{'){p++;continue;} u_char *q=ngx_strlchr(p,e,'}'); if(q==NULL){ if(kind==2){p++;continue;} *err="a \"{\" without \"}\""; return NGX_DECLINED;} u_char *z; u_char op='{'; z=p+1; if(kind==0 && ngx_strchr("+./;?&",*z)){op=*z=='&'?'?':*z;z++;} u_char *y; for(y=z;y<q;y++) if(!((*y>='0'&&*y<='9')||((*y|32)>='a'&&(*y|32)<='z')||*y=='_'||*y=='.'||*y=='-'||*y=='/'||(kind==0&&(*y==','||*y=='*')))) break; if(y<q||q==z){ if(kind==2){p++;continue;} *err="an invalid name between \"{\" and \"}\""; return NGX_DECLINED;}
 if(p>s){a=ngx_array_push(atoms);ngx_memzero(a,sizeof(*a));a->text.data=s;a->text.len=p-s;}
 if(var(pool,atoms,op,z,q)!=NGX_OK){*err="an empty name";return NGX_DECLINED;} p=q+1; s=p; }
 if(p>s){a=ngx_array_push(atoms);ngx_memzero(a,sizeof(*a));a->text.data=s;a->text.len=p-s;} return NGX_OK; }
__attribute__((weak)) ngx_int_t mcp_pass_compile_uri(ngx_pool_t *pool, ngx_str_t *text, ngx_array_t *atoms, const char **err){ if(text->data[0]!='/'){*err="it must begin with \"/\"";return NGX_DECLINED;} return comp(pool,text,0,atoms,err);}
__attribute__((weak)) ngx_int_t mcp_pass_compile_text(ngx_pool_t *pool, ngx_str_t *text, ngx_uint_t json, ngx_array_t *atoms, const char **err){ return comp(pool,text,json?2:1,atoms,err);}
__attribute__((weak)) ngx_str_t mcp_pass_first(const ngx_str_t *from){ ngx_str_t s=*from; u_char *p=ngx_strlchr(s.data,s.data+s.len,'/'); if(p) s.len=p-s.data; return s;}
__attribute__((weak)) ngx_str_t mcp_pass_prefix(const mcp_pass_t *pass){ mcp_pass_atom_t *a=pass->uri.elts; ngx_str_t s=a->text; u_char *p=ngx_strlchr(s.data,s.data+s.len,'?'); if(p)s.len=p-s.data; return s;}
#include <ngx_http_mcp_pass.h>
__attribute__((weak)) ngx_int_t ngx_http_mcp_pass_tool(ngx_http_mcp_call_t *call, const cJSON *args){ return ngx_http_mcp_error(call, "not there yet"); }
#include <mcp_answer.h>
#include <mcp_json.h>
static void put(mcp_buf_t *b, const cJSON *v, int esc){ mcp_buf_t t; ngx_str_t s; if(cJSON_IsString(v)){s.data=(u_char*)v->valuestring;s.len=ngx_strlen(s.data);} else {mcp_buf_init(&t,b->pool,64);mcp_json_print(&t,v);mcp_buf_done(&t,&s);} if(!esc){mcp_buf_str(b,&s);return;} u_char *p=mcp_buf_reserve(b,3*s.len+1); if(p) b->last=(u_char*)ngx_escape_uri(p,s.data,s.len,NGX_ESCAPE_URI_COMPONENT); }
__attribute__((weak)) const cJSON *mcp_pass_find(const cJSON *v, const ngx_str_t *from){ u_char *p=from->data,*e=p+from->len; while(v&&p<e){u_char *q=ngx_strlchr(p,e,'/'); if(!q)q=e; const cJSON *c; for(c=v->child;c;c=c->next) if(c->string && ngx_strlen(c->string)==(size_t)(q-p)&&ngx_memcmp(c->string,p,q-p)==0)break; v=c; p=q<e?q+1:q;} return v;}
__attribute__((weak)) ngx_int_t mcp_pass_text(const ngx_array_t *atoms,const cJSON *values,mcp_buf_t *b){ mcp_pass_atom_t *a=atoms->elts; ngx_uint_t i; for(i=0;i<atoms->nelts;i++){ if(a[i].op==0){mcp_buf_str(b,&a[i].text);continue;} const cJSON *v=mcp_pass_find(values,&a[i].from); if(v)put(b,v,0);} return NGX_OK;}
__attribute__((weak)) ngx_int_t mcp_pass_make(const mcp_pass_t *pass, ngx_pool_t *pool, const cJSON *values, const ngx_str_t *variables, const ngx_str_t *boundary, mcp_pass_request_t *rq, ngx_str_t *err){
 mcp_buf_t u; mcp_pass_atom_t *a=pass->uri.elts; ngx_uint_t i,k,q=0; ngx_str_t s; mcp_buf_init(&u,pool,256);
 for(i=0;i<pass->uri.nelts;i++){ if(a[i].op==0){mcp_buf_str(&u,&a[i].text); if(ngx_strlchr(a[i].text.data,a[i].text.data+a[i].text.len,'?'))q=1; continue;} const cJSON *v=mcp_pass_find(values,&a[i].from); if(!v)continue; if(a[i].op=='?'){mcp_buf_char(&u,q?'&':'?');q=1;mcp_buf_str(&u,&a[i].text);mcp_buf_char(&u,'=');} put(&u,v,1);}
 if(mcp_buf_done(&u,&s)!=NGX_OK) return NGX_ERROR;
 ngx_memzero(rq,sizeof(*rq)); rq->method=pass->method; rq->uri=s; u_char *p=ngx_strlchr(s.data,s.data+s.len,'?'); if(p){rq->uri.len=p-s.data; rq->args.data=p+1; rq->args.len=s.data+s.len-p-1;}
 ngx_array_init(&rq->headers,pool,4,sizeof(ngx_keyval_t)); mcp_pass_field_t *f=pass->headers.elts;
 for(i=0;i<pass->headers.nelts;i++){ a=f[i].atoms.elts; mcp_buf_init(&u,pool,64); for(k=0;k<f[i].atoms.nelts;k++){ if(a[k].op==0)mcp_buf_str(&u,&a[k].text); else if(a[k].op=='$')mcp_buf_str(&u,&variables[a[k].variable]); else {const cJSON *v=mcp_pass_find(values,&a[k].from); if(v)put(&u,v,0);} } ngx_keyval_t *h=ngx_array_push(&rq->headers); h->key=f[i].name; mcp_buf_done(&u,&h->value);}
 if(pass->body==MCP_PASS_BODY_JSON){ ngx_str_t *n=pass->rest.elts; ngx_uint_t c=0; mcp_buf_init(&u,pool,256); mcp_buf_char(&u,'{'); for(i=0;i<pass->rest.nelts;i++){const cJSON *v=mcp_pass_find(values,&n[i]); if(!v)continue; if(c++)mcp_buf_char(&u,','); mcp_buf_json_string(&u,n[i].data,n[i].len); mcp_buf_char(&u,':'); mcp_json_print(&u,v);} mcp_buf_char(&u,'}'); ngx_str_set(&rq->type,"application/json"); return mcp_buf_done(&u,&rq->body);}
 return NGX_OK;}
__attribute__((weak)) ngx_uint_t mcp_answer_ok(const mcp_answer_conf_t *c,const mcp_answer_t *a){return a->status>=200&&a->status<300&&!a->broken&&(!a->over||c->cut);}
static cJSON *tree(ngx_pool_t *pool,const mcp_answer_t *a){mcp_json_doc_t d; ngx_str_t t=a->body; cJSON *r; if(t.len==0||mcp_json_parse(pool,&t,&d,&r)!=NGX_OK)return NULL; return r;}
__attribute__((weak)) ngx_int_t mcp_answer_result(const mcp_answer_conf_t *c,const mcp_answer_t *a,mcp_result_t *r,mcp_schema_error_t *e){ cJSON *v=tree(r->pool,a); if(v)return mcp_result_structured(r,v,e); mcp_result_text(r,a->body.data,a->body.len); return NGX_OK;}
__attribute__((weak)) ngx_int_t mcp_answer_value(const mcp_answer_conf_t *c,ngx_pool_t *pool,const mcp_answer_t *a,cJSON **v,ngx_str_t *t){ *v=tree(pool,a); if(*v)return NGX_OK; ngx_str_set(t,"not JSON"); return NGX_DECLINED;}
__attribute__((weak)) ngx_int_t mcp_answer_error(const mcp_answer_conf_t *c,ngx_pool_t *pool,const mcp_answer_t *a,ngx_str_t *t){ t->data=ngx_pnalloc(pool,2048); t->len=ngx_snprintf(t->data,2048,"The service answered with status %ui.%s%s %*s",a->status,a->over?" Too long.":"",a->broken?" Broken off.":"",ngx_min(a->body.len,1024),a->body.data)-t->data; return NGX_OK;}
