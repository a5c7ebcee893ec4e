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
