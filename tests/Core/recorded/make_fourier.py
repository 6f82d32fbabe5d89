# Records fourier.json with PyTorch 2.6; FourierTests reads it.
import torch,json,math
def enc(t):
    t=torch.view_as_real(t) if t.is_complex() else t
    return [repr(float(a)) for a in t.detach().flatten()]
torch.manual_seed(0)
rows=[]
F=torch.fft
cases=[("fft",lambda x:F.fft(x),6),("fft n8",lambda x:F.fft(x,n=8),6),("fft n4 ortho",lambda x:F.fft(x,n=4,norm="ortho"),6),("ifft forward",lambda x:F.ifft(x,norm="forward"),6),("ifft axis0",lambda x:F.ifft(x,dim=0),6),
 ("rfft",lambda x:F.rfft(x.real),6),("rfft odd",lambda x:F.rfft(x.real,n=7,norm="forward"),6),("irfft",lambda x:F.irfft(x),6),("irfft 7",lambda x:F.irfft(x,n=7),6),("irfft 5 ortho",lambda x:F.irfft(x,n=5,norm="ortho"),6),
 ("fftn",lambda x:F.fftn(x),6),("ifftn",lambda x:F.ifftn(x,norm="ortho"),6)]+[(f"length {n}",lambda x:F.fft(x),n) for n in (1,2,3,4,5,7,12,17,64,67,100,134)]
for name,f,n in cases:
    x=torch.randn(3,n,dtype=torch.complex128).requires_grad_()
    y=f(x); w=torch.randn(y.shape,dtype=y.dtype)
    loss=(y*w.conj()).real.sum() if y.is_complex() else (y*w).sum()
    g,=torch.autograd.grad(loss,x)
    rows.append(dict(name=name,n=n,x=enc(x),w=enc(w),y=enc(y),g=enc(g),shape=list(y.shape)))
json.dump(rows,open('fourier.json','w'))
print(len(rows))
