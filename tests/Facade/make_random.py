"""Prints the hashes in RandomTests.cs, with PyTorch 2.6 on a processor with AVX2."""
import torch, struct
from torch import nn
M=(1<<64)-1
def fold(h, t):
    t=t.detach()
    for n in (t.dim(),)+tuple(t.shape): h=((h^n)*1099511628211)&M
    f=t.contiguous().reshape(-1)
    if f.dtype==torch.float32: v=[struct.unpack('<I',struct.pack('<f',x))[0] for x in f.tolist()]
    elif f.dtype==torch.float64: v=[struct.unpack('<Q',struct.pack('<d',x))[0] for x in f.tolist()]
    else: v=[int(x)&M for x in f.tolist()]
    for x in v: h=((h^x)*1099511628211)&M
    return h
S=[0,1,2,15,16,17,31,32,33,255,256,257,700]
E=torch.empty
f32,f64=torch.float32,torch.float64
def weights(n,dt): return (torch.arange(n)*7%11).to(dt)/3+0.1
kinds={
 'rand32':lambda n: torch.rand(n), 'rand64':lambda n: torch.rand(n,dtype=f64),
 'uniform32':lambda n: E(n).uniform_(-0.1,0.7), 'uniform64':lambda n: E(n,dtype=f64).uniform_(-0.1,0.7),
 'randn32':lambda n: torch.randn(n), 'randn64':lambda n: torch.randn(n,dtype=f64),
 'normal32':lambda n: E(n).normal_(0.3,1.7), 'normal64':lambda n: E(n,dtype=f64).normal_(0.3,1.7), 'normal':lambda n: torch.normal(-2.5,0.1,(n,)),
 'exponential32':lambda n: E(n).exponential_(1.3), 'exponential64':lambda n: E(n,dtype=f64).exponential_(1.3),
 'bernoulli32':lambda n: torch.bernoulli(weights(n,f32)/4), 'bernoulli64':lambda n: torch.bernoulli(weights(n,f64)/4),
 'bernoulli_32':lambda n: E(n).bernoulli_(0.3), 'bernoulli_64':lambda n: E(n,dtype=f64).bernoulli_(0.3), 'bernoulli_int':lambda n: E(n,dtype=torch.int64).bernoulli_(0.7),
 'randint':lambda n: torch.randint(-5,1000,(n,)), 'randint_wide':lambda n: torch.randint(-2**40,2**50,(n,)), 'randint_whole':lambda n: torch.randint(-2**63,2**63-1,(n,)), 'randint_byte':lambda n: torch.randint(0,256,(n,),dtype=torch.uint8), 'randint_float':lambda n: torch.randint(0,100,(n,),dtype=f32),
 'randperm':lambda n: torch.randperm(n), 'dropout':lambda n: nn.functional.dropout(torch.ones(n),0.3), 'dropout64':lambda n: nn.functional.dropout(torch.ones(n,dtype=f64),0.8),
 'multinomial':lambda n: torch.multinomial(weights(n+3,f32),n+1), 'multinomial64':lambda n: torch.multinomial(weights(n+3,f64),n+1),
 'multinomial_again':lambda n: torch.multinomial(weights(n+3,f32),n+1,True), 'multinomial_again64':lambda n: torch.multinomial(weights(n+3,f64),n+1,True),
 'multinomial_rows':lambda n: torch.multinomial(weights(3*(n+3),f32).view(3,n+3),3), 'multinomial_rows_again':lambda n: torch.multinomial(weights(3*(n+3),f64).view(3,n+3),n+2,True), 'multinomial_one':lambda n: torch.multinomial(weights(3*(n+3),f32).view(3,n+3),1,True),
 'linear':lambda n: torch.cat([p.flatten() for p in nn.Linear(n+1,3).parameters()]), 'linear64':lambda n: torch.cat([p.flatten() for p in nn.Linear(n+1,3,dtype=f64).parameters()]),
 'conv':lambda n: torch.cat([p.flatten() for p in nn.Conv2d(4,2*n,3,groups=2).parameters()]) if n<40 else torch.zeros(1), 'embedding':lambda n: nn.Embedding(n,3).weight,
 'xavier_uniform':lambda n: nn.init.xavier_uniform_(E(n+1,5),1.5), 'xavier_normal':lambda n: nn.init.xavier_normal_(E(n+1,5,2)), 'kaiming_normal':lambda n: nn.init.kaiming_normal_(E(3,n+1),0.2), 'kaiming_uniform':lambda n: nn.init.kaiming_uniform_(E(3,n+1,2),0.2),
}
for k,f in kinds.items():
    for seed in (0,42,2**40+7):
        h=14695981039346656037
        for n in S:
            torch.manual_seed(seed); h=fold(h,f(n)); h=fold(h,torch.rand(1))
        print(f'    [InlineData("{k}", {seed}, 0x{h:016x})]')
# one stream
for seed in (3,4):
    h=14695981039346656037
    torch.manual_seed(seed)
    for n in S[:9]:
        for k,f in kinds.items(): h=fold(h,f(n))
    print(f'one stream {seed} 0x{h:016x}')
def T(n,dt=f32): return torch.zeros(n,3,dtype=dt).t()
def P(n): return torch.zeros(2,n,3).permute(2,0,1)
moved={
 't_uniform':lambda n: T(n).uniform_(1,2), 't_normal':lambda n: T(n).normal_(), 't_normal64':lambda n: T(n,f64).normal_(1,2), 't_bernoulli':lambda n: T(n).bernoulli_(0.4), 't_exponential':lambda n: T(n).exponential_(), 't_rand_like':lambda n: torch.rand_like(T(n)), 't_randn_like':lambda n: torch.randn_like(T(n)), 't_dropout':lambda n: nn.functional.dropout(T(n)+1,0.4),
 't_bernoulli_p':lambda n: torch.bernoulli(T(n)+0.4), 't_multinomial':lambda n: torch.multinomial(torch.arange(3*(n+2)).view(n+2,3).t()/3+0.1,2), 't_multinomial_again':lambda n: torch.multinomial(torch.arange(3*(n+2)).view(n+2,3).t()/3+0.1,2,True),
 'p_uniform':lambda n: P(n).uniform_(), 'p_randn_like':lambda n: torch.randn_like(P(n)), 'p_normal':lambda n: P(n).normal_(),
 'step_normal':lambda n: torch.zeros(n,4)[:,::2].normal_(), 'step_uniform':lambda n: torch.zeros(4,2*n).t()[::2].uniform_(), 'step_randn_like':lambda n: torch.randn_like(torch.zeros(4,2*n).t()[::2]), 'rows_normal':lambda n: torch.zeros(n+1,4)[1:].normal_(),
 'expanded_rand_like':lambda n: torch.rand_like(torch.zeros(3,1).expand(3,n)), 'expanded_randn_like':lambda n: torch.randn_like(torch.zeros(n).expand(3,n)),
 'one_normal':lambda n: torch.zeros(n,1).t().normal_(), 'channels':lambda n: torch.randn_like(torch.zeros(1,n,2).transpose(0,2)),
 'then':lambda n: (torch.rand_like(T(n)), torch.randn_like(T(n)).flatten(), torch.randn(n))[2],
}
for k,f in moved.items():
    for seed in (0,42):
        h=14695981039346656037
        for n in S[:10]:
            torch.manual_seed(seed); h=fold(h,f(n)); h=fold(h,torch.rand(1))
        print(f'    [InlineData("{k}", {seed}, 0x{h:016x})]')
# Types of half the size and of two parts, in RandomTypeTests.cs
f16,bf16,c64,c128=torch.float16,torch.bfloat16,torch.complex64,torch.complex128
def plain(t): return torch.view_as_real(t) if t.is_complex() else t.float() if t.dtype in (f16,bf16) else t
of={
 'rand':lambda n,t: torch.rand(n,dtype=t), 'uniform':lambda n,t: E(n,dtype=t).uniform_(-0.1,0.7), 'randn':lambda n,t: torch.randn(n,dtype=t), 'normal':lambda n,t: E(n,dtype=t).normal_(0.3,1.7),
 't_uniform':lambda n,t: T(n,t).uniform_(1,2), 't_randn_like':lambda n,t: torch.randn_like(T(n,t)), 'step_normal':lambda n,t: torch.zeros(n,4,dtype=t)[:,::2].normal_(),
 'exponential':lambda n,t: E(n,dtype=t).exponential_(1.3), 'bernoulli':lambda n,t: torch.bernoulli(weights(n,t)/4), 'dropout':lambda n,t: nn.functional.dropout(torch.ones(n,dtype=t),0.5),
 'multinomial':lambda n,t: torch.multinomial(weights(n+3,t),1), 'multinomial_again':lambda n,t: torch.multinomial(weights(n+3,t),n+1,True),
}
for k,f in of.items():
    for t in (f16,bf16,c64,c128):
        if t.is_complex and list(of).index(k)>6: continue
        h=14695981039346656037
        for n in S:
            torch.manual_seed(42); h=fold(h,plain(f(n,t))); h=fold(h,torch.rand(1))
        print(f'    [InlineData("{k}", "{str(t)[6:]}", 0x{h:016x})]')
# Evenly spaced numbers, in FactoryTests.cs
for t in (torch.uint8,torch.int8,torch.int16,torch.int32,torch.int64,f16,bf16,f32,f64,c64,c128):
    h,x=14695981039346656037,1
    def draw():
        global x
        x=(x*6364136223846793005+1442695040888963407)&M
        return x>>11
    for i in range(300):
        low=0 if t==torch.uint8 else -100
        a,b,n=(low+draw()*(100-low)*2.0**-53,low+draw()*(100-low)*2.0**-53,draw()%70)
        h=fold(h,plain(torch.linspace(a,b,n,dtype=t)))
    print(f'    [InlineData("{str(t)[6:]}", 0x{h:016x})]')
