# Records torch.fft, window functions and the LU family as PyTorch 2.6 computes them. usage: python make_spectral.py spectral.jsonl.gz
from recorder import *
c128,c64,f16,bf16=torch.complex128,torch.complex64,torch.float16,torch.bfloat16
def Z(shape,dtype=c128,grad=True): return rand(shape,dtype).requires_grad_(grad)

# One dimension: lengths that are cut, kept and filled up, even and odd.
for op in ('fft','ifft','rfft','irfft','hfft','ihfft'):
    o='fft.'+op
    for shape in ((5,),(6,),(3,4),(2,3,5)):
        call(o,[R(shape)])
        if op not in ('rfft','ihfft'): call(o,[Z(shape)])
    for make in (R,)+((Z,) if op not in ('rfft','ihfft') else ()):
        for kw in ({'n':3},{'n':4},{'n':7},{'n':8},{'n':1},{'dim':0},{'dim':-2,'n':5},{'norm':'ortho'},{'norm':'forward'},{'norm':'backward'},{'n':6,'norm':'ortho'},{'n':5,'dim':0,'norm':'forward'}):
            call(o,[make((4,5))],kw)
        call(o,[make((3,1))],{'n':2})
        call(o,[make((0,4),grad=False) if make is Z else rand((0,4))])
    for t in (T([1,2,3,5],i64),T([True,False,True],b8),T([1,2,3],i32),rand((4,),f32).requires_grad_(),Z((4,),c64),T([1,2],f16),T([1,2],bf16),T(1.0),T([]),rand((3,0))): call(o,[t])
    for kw in ({'n':0},{'n':-1},{'dim':2},{'dim':-3},{'norm':'other'}): call(o,[R((3,4))],kw)
    call(o,[T(1.0)],{'dim':0}); call(o,[R((1,))]); call(o,[Z((3,))])
    call(o,[R((3,4)),3,0,'ortho'])

# Several dimensions.
for op in ('fft2','ifft2','rfft2','irfft2','hfft2','ihfft2','fftn','ifftn','rfftn','irfftn','hfftn','ihfftn'):
    o='fft.'+op; real=op.startswith(('rfft','ihfft'))
    for make in (R,)+(() if real else (Z,)):
        call(o,[make((3,4))]); call(o,[make((2,3,4))])
        for kw in ({'norm':'ortho'},{'norm':'forward'},{'s':[2,3]},{'s':[5,6]},{'s':[4,3]},{'s':[-1,5]},{'s':[3,-1]},{'dim':[0]},{'dim':[1,0]},{'dim':[0,-1],'s':[3,6]},{'s':[4,5],'dim':[1,0],'norm':'forward'},{'dim':[]}):
            call(o,[make((3,4))],kw)
    call(o,[rand((2,3),f32).requires_grad_()]); call(o,[T([[1,2],[3,4]],i64)]); call(o,[Z((2,3))])
    for t in (T([1,2,3],i64),T(1.0),T([[1,2]],f16),rand((0,4)),rand((3,0))): call(o,[t])
    for kw in ({'s':[2]},{'s':[2,3,4]},{'dim':[0,0]},{'dim':[0,5]},{'s':[2,3],'dim':[0]},{'s':[0,3]},{'s':[-2,3]},{'norm':'other'}): call(o,[R((3,4))],kw)
for n in (1,2,4,5,0):
    call('fft.fftfreq',[n]); call('fft.rfftfreq',[n]) if n else None
    call('fft.fftfreq',[n,0.25]); call('fft.rfftfreq',[n],{'d':2.0}) if n else None
for o in ('fft.fftfreq','fft.rfftfreq'):
    call(o,[5],{'dtype':f64,'requires_grad':True}); call(o,[4],{'dtype':i64}); call(o,[4],{'dtype':c64}); call(o,[-1]) if o=='fft.fftfreq' else None
for o in ('fft.fftshift','fft.ifftshift'):
    for t in (R((5,)),R((4,5)),Z((3,2)),T([1,2,3],i64),T([True,False],b8),rand((0,)),T(1.0)): call(o,[t])
    for d in (0,1,[0],[0,1],-1,5): call(o,[R((4,5)),d])

for op in ('bartlett','blackman','hamming','hann','kaiser'):
    o=op+'_window'
    for n in (0,1,2,5,8):
        call(o,[n],{'dtype':f64}); call(o,[n,False],{'dtype':f64}); call(o,[n])
    for kw in ({'dtype':f16},{'dtype':bf16},{'dtype':i64},{'dtype':b8},{'dtype':c64},{'periodic':False}): call(o,[6],kw)
    call(o,[-1])
call('hamming_window',[6,True,0.3],{'dtype':f64}); call('hamming_window',[6,False,0.3,0.6],{'dtype':f64}); call('kaiser_window',[6,True,3.0],{'dtype':f64}); call('kaiser_window',[7,False,40.0],{'dtype':f64})

# Elimination. Square, tall and wide matrices, alone and several.
for shape in ((3,3),(1,1),(5,3),(3,5),(2,4,4),(2,4,2),(2,2,4),(2,1,3,3)):
    x=R(shape); call('linalg.lu',[x]); call('linalg.lu_factor',[x]); call('linalg.lu_factor_ex',[x])
singular=T([[1.,2.],[2.,4.]]); both=torch.stack([singular,torch.eye(2,dtype=f64)])
for t in (singular,both,torch.zeros(3,3,dtype=f64),T([[1.,2.],[2.,4.],[3.,6.]])):
    call('linalg.lu',[t]); call('linalg.lu_factor',[t]); call('linalg.lu_factor_ex',[t]); call('linalg.lu_factor_ex',[t],{'check_errors':True})
for t in (rand((3,3),f32).requires_grad_(),T([[1,2],[3,4]],i64),T([[1,2],[3,4]],f16),T([1.,2.]),rand((0,3,3)),rand((2,0,3)),rand((2,3,0))):
    call('linalg.lu',[t]); call('linalg.lu_factor',[t]); call('linalg.lu_factor_ex',[t])
call('linalg.lu',[R((2,2))],{'pivot':False}); call('linalg.lu_factor',[R((2,2))],{'pivot':False})
def factored(shape,dtype=f64):
    lu,p=torch.linalg.lu_factor(rand(shape,dtype)); return lu.requires_grad_(),p
for batch in ((),(2,)):
    for left in (True,False):
        for adjoint in (True,False):
            lu,p=factored(batch+(3,3)); b=R(batch+((3,2) if left else (2,3))); call('linalg.lu_solve',[lu,p,b],{'left':left,'adjoint':adjoint})
lu,p=factored((3,3)); call('linalg.lu_solve',[lu,p,R((2,3,1))]); call('linalg.lu_solve',[lu.detach(),p,R((3,3))]); call('linalg.lu_solve',[lu,p,rand((3,3))])
for a in ([lu,p.long(),R((3,2))],[lu,p,rand((3,2),f32)],[lu,p,R((3,))],[lu,p[:2],R((3,2))],[lu,p,R((2,3))],[lu,p[None],R((3,2))],[T([[1,2],[3,4]],i64),T([1,2],i32),R((2,2))],[R((3,2)),p,R((3,2))]): call('linalg.lu_solve',a)
call('lu_solve',[R((3,2)),lu,p]); call('lu_solve',[R((3,2)),lu,p],form='method'); call('lu_solve',[R((3,)),lu,p])
for shape in ((3,3),(5,3),(3,5),(2,4,4)):
    lu2,p2=factored(shape); call('lu_unpack',[lu2,p2],second=False)
    call('lu_unpack',[lu2,p2,True,False],second=False); call('lu_unpack',[lu2.detach(),p2],{'unpack_data':False})
for a in ([lu,p.long()],[lu,p*0],[lu,p+7],[rand((3,)),p],[T([[1,2],[3,4]],i64),T([2,2],i32)]): call('lu_unpack',a)
for shape,k in (((4,3),3),((4,3),2),((3,3),3),((2,4,2),2),((4,3),0),((1,1),1)):
    make=R if k else rand; h=make(shape); t=make(shape[:-2]+(k,)); call('linalg.householder_product',[h,t]); call('orgqr',[h,t])
h,t=R((4,3)),R((3,))
call('orgqr',[h,t],form='method')
for a in ([R((3,4)),t],[h,rand((3,),f32)],[R((3,)),t],[h,R((2,3))],[T([[1,2],[3,4]],i64),T([1,2],i64)],[h,R((5,))],[R((2,4,3)),R((3,3))]): call('linalg.householder_product',a)

# Norms of matrices and vectors at orders that have no derivative of their own.
for o in (0,-1,1,2,3.5,-2,inf,-inf):
    call('linalg.vector_norm',[R((3,4)),o],grads=o!=0); call('linalg.vector_norm',[R((3,4)),o,1],grads=o!=0); call('linalg.vector_norm',[T([0.,0.],grad=True),o],second=False,grads=o!=0)
    if o not in (0,3.5): call('linalg.matrix_norm',[R((3,4)),o]); call('linalg.norm',[R((3,3)),o])
call('linalg.matrix_norm',[R((2,3,4)),'nuc']); call('norm',[R((3,4)),'nuc']); call('norm',[R((2,3,4)),'nuc']); call('norm',[R((2,3,4)),'nuc',[0,2]]); call('norm',[R((3,4)),0],grads=False); call('norm',[R((3,4)),'fro'])
save()
