"""Records functional.jsonl.gz with PyTorch 2.6: python make_functional.py functional.jsonl.gz"""
import sys
path = sys.argv[1]
source = open(__file__.replace('make_functional', 'make_modules')).read()
exec(source[:source.index('# losses')])  # its ways to draw numbers and to record calls
inf, nan = math.inf, math.nan
# PyTorch's vector loops pass the gradient at NaN on in float32 and not in float64
hard = lambda dt: torch.tensor([nan if dt == f64 else .75, inf, -inf, 0., -0., 3., -3., .5, -.5, 1., -1., 6., 2.25, -20.], dtype=dt).requires_grad_()
I = lambda *v: torch.tensor(v, dtype=i64)
N = lambda shape, lo=0., hi=1., dt=f64: rand(shape, dt, lo, hi)
# activations; at NaN and infinity only where this library does not give limits
acts = dict(relu6=[()], hardtanh=[(), (-.5, 2.)], hardshrink=[(), (1.,)], softshrink=[(), (1.,), (0.,)], threshold=[(.5, 20.)], rrelu=[(), (.1, .3)],
            celu=[(), (2.,), (-1.,)], selu=[()], elu=[(), (1.5,)], leaky_relu=[(), (.2,)], tanhshrink=[()], relu=[()])
for op, forms in acts.items():
    for a in forms:
        for dt in (f64, f32): call(op, [hard(dt), *a], second=op not in ('hardsigmoid', 'relu', 'tanhshrink'))
        call(op, [R(()), *a]); call(op, [R((0,)), *a]); call(op, [R((2, 3), f32), *a])
        call(op, [I(0, 1, -2), *a]); call(op, [torch.tensor([True, False]), *a]); call(op, [torch.tensor([1, 7], dtype=torch.uint8), *a])
for dt in (f32,): call('hardsigmoid', [hard(dt)], second=False); call('hardsigmoid', [I(1)])  # its slope in float64 is the float32 1/6
for op in ('hardswish', 'softsign', 'silu', 'mish', 'gelu', 'softplus', 'logsigmoid'):
    for dt in (f64, f32): call(op, [torch.tensor([0., 3., -3., .5, -.5, 1., -1., 6., -7.], dtype=dt).requires_grad_()])
    call(op, [R(())]); call(op, [R((0,))]); call(op, [I(0, 1)]); call(op, [torch.tensor([True])])
for op in ('relu6', 'hardtanh', 'hardswish', 'hardsigmoid', 'selu', 'celu', 'elu', 'leaky_relu', 'silu', 'mish', 'relu', 'rrelu'): call(op, [N((2, 3), -2, 2)], {'inplace': True}); call(op, [torch.ones(2).requires_grad_()], {'inplace': True})
call('hardtanh', [R((2,)), 2., 1.]); call('celu', [R((2,)), 0.]); call('softshrink', [R((2,)), -1.])
for op in ('softmax', 'log_softmax', 'softmin'):
    for s in [(), (3,), (2, 3), (2, 3, 2)]: call(op, [R(s)])
    call(op, [R((2, 3), f32), 1], {'dtype': None}); call(op, [I(1, 2), 0]); call(op, [R((2,)), 1])
for a in [((4,),), ((2, 4), 0), ((2, 4), 1), ((2, 2, 3), -2)]: call('glu', [R(a[0]), *a[1:]])
call('glu', [R((3,))]); call('glu', [R(())]); call('glu', [I(1, 2)]); call('glu', [R((2,)), 1])
for x, w in [((3,), (1,)), ((2, 3), (3,)), ((2, 3), (1,)), ((2, 3, 2), (3,)), ((3,), ()), ((2, 3), (2,)), ((2, 3), (1, 3)), ((3,), (3,)), ((), (1,)), ((0, 3), (3,))]: call('prelu', [R(x), R(w)])
call('prelu', [R((2, 3)), R((1,), f32)]); call('prelu', [I(1, 2), I(1)])
# products
for x, y, w, b in [((2,), (3,), (4, 2, 3), (4,)), ((5, 2), (5, 3), (4, 2, 3), None), ((2, 2, 2), (2, 2, 3), (1, 2, 3), (1,)), ((5, 2), (4, 3), (4, 2, 3), None), ((5, 2), (5, 3), (4, 3, 3), None), ((5, 2), (5, 3), (4, 2, 2), None), ((5, 2), (5, 3), (4, 2, 3), (3,)), ((5, 2), (3,), (4, 2, 3), None)]:
    call('bilinear', [R(x), R(y), R(w), b and R(b)])
for a, b, k in [((2, 3), (2, 3), {}), ((2, 3), (3,), {}), ((2, 3), (2, 3), {'dim': 0}), ((3,), (3,), {'dim': 0}), ((3,), (3,), {}), ((2, 3), (2, 4), {}), ((2, 1, 3), (2, 3), {'dim': -1}), ((2, 3), (2, 3), {'eps': 10.})]: call('cosine_similarity', [R(a), R(b)], k)
call('cosine_similarity', [torch.zeros(2, 3, dtype=f64).requires_grad_(), R((2, 3))], second=False); call('cosine_similarity', [I(1, 2), I(1, 2)], {'dim': 0})
for a, b, k in [((2, 3), (2, 3), {}), ((2, 3), (3,), {'p': 1.}), ((3,), (3,), {'keepdim': True}), ((2, 3), (2, 2), {}), ((2, 3), (2, 3), {'p': 3., 'eps': 0.})]: call('pairwise_distance', [R(a), R(b)], k)
for q, k, v in [((3, 4), (5, 4), (5, 2)), ((2, 3, 4), (2, 5, 4), (2, 5, 4)), ((1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 5, 4)), ((1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 2))]:
    call('scaled_dot_product_attention', [R(q), R(k), R(v)], second=len(q) != 4); call('scaled_dot_product_attention', [R(q), R(k), R(v)], {'is_causal': True, 'scale': .3}, second=len(q) != 4)
    call('scaled_dot_product_attention', [R(q), R(k), R(v), N((q[-2], k[-2]), -2, 2)], second=len(q) != 4); call('scaled_dot_product_attention', [R(q), R(k), R(v), torch.arange(q[-2] * k[-2]).reshape(q[-2], k[-2]) % 3 != 1], second=len(q) != 4)
call('scaled_dot_product_attention', [R((2, 4)), R((2, 4)), R((2, 1)), torch.tensor([[True, False], [False, False]])])
for a in [[R((4,)), R((4,)), R((4,))], [R((2, 4)), R((2, 4), f32), R((2, 4))], [R((3, 4)), R((3, 4)), R((3, 4)), I(1, 2, 3)]]: call('scaled_dot_product_attention', a)
call('scaled_dot_product_attention', [R((3, 4)), R((3, 4)), R((3, 4)), N((3, 3))], {'is_causal': True})
for s, k in [((2, 3), {}), ((2, 3), {'p': 1.}), ((2, 3), {'p': 3., 'dim': 0}), ((2, 3), {'dim': -1, 'eps': 5.}), ((3,), {}), ((3,), {'dim': 0}), ((2, 2, 2), {'dim': (0, 1)}), ((0, 3), {})]: call('normalize', [R(s)], k)
call('normalize', [I(1, 2)], {'dim': 0})
for k in [{}, {'padding_idx': 1}, {'padding_idx': -1}, {'padding_idx': 3}, {'padding_idx': -4}]:
    call('embedding', [I(0, 1, 1), R((3, 2))], k, second=False)
# convolutions
for n in (1, 2, 3):
    for _ in range(10 if n < 3 else 4):
        g = rng.choice([1, 1, 2]); ci, co = g * rng.choice([1, 2]), g * rng.choice([1, 2]); size = [rng.choice([3, 4, 5]) if n < 3 else 3 for _ in range(n)]; k = [rng.choice([1, 2, 3] if n < 3 else [1, 2]) for _ in range(n)]
        one = lambda *v: [rng.choice(v) for _ in range(n)] if rng.random() < .5 else rng.choice(v)
        batch = [] if rng.random() < .3 else [rng.choice([0, 1, 2])] if n < 3 else [1]
        call(f'conv{n}d', [R(batch + [ci] + size), R([co, ci // g] + k), R([co]) if rng.random() < .5 else None], {'stride': one(1, 2), 'padding': one(0, 1), 'dilation': one(1, 1, 2), 'groups': g}, second=batch != [0])
        call(f'conv_transpose{n}d', [R(batch + [ci] + size), R([ci, co // g] + k), R([co // g * g], f64) if rng.random() < .5 else None], {'stride': one(1, 2, 3), 'padding': one(0, 1), 'output_padding': one(0, 0, 0, 1), 'dilation': one(1, 1, 2), 'groups': g}, second=batch != [0])
for p in ('same', 'valid', 'x'):
    for k, d in [((3, 3), 1), ((2, 3), 1), ((2, 2), 2), ((2, 4), (1, 1))]: call('conv2d', [R((1, 2, 4, 5)), R((2, 2, *k))], {'padding': p, 'dilation': d})
    call('conv1d', [R((2, 5)), R((3, 2, 2)), R((3,))], {'padding': p}); call('conv2d', [R((2, 4, 4)), R((1, 2, 3, 3))], {'padding': p, 'stride': 2})
for op, x, w, b, k in [('conv1d', (1, 2, 3, 8), (4, 3, 3), None, {}), ('conv1d', (1, 3, 8), (4, 3, 3, 1), None, {}), ('conv1d', (1, 2, 8), (4, 3, 3), None, {}), ('conv1d', (1, 3, 2), (4, 3, 3), None, {}), ('conv1d', (1, 3, 8), (4, 3, 3), None, {'stride': 0}), ('conv1d', (1, 3, 8), (4, 3, 3), None, {'padding': (1, 2)}), ('conv1d', (1, 3, 8), (4, 3, 3), (3,), {}), ('conv1d', (1, 3, 8), (4, 3, 3), None, {'padding': -1}),
    ('conv3d', (1, 3, 2, 2, 2), (4, 3, 3, 3, 3), None, {}), ('conv_transpose1d', (1, 2, 4), (3, 2, 3), None, {}), ('conv_transpose1d', (1, 3, 4), (3, 2, 3), None, {'output_padding': 1}), ('conv_transpose2d', (1, 3, 4, 4), (3, 2, 3, 3), None, {'output_padding': 2, 'stride': 2}), ('conv_transpose1d', (1, 3, 1), (3, 2, 1), None, {'padding': 3}), ('conv_transpose1d', (1, 3, 4), (3, 2, 3), (3,), {}), ('conv_transpose1d', (1, 3, 4), (3, 2, 3), None, {'output_padding': -1}), ('conv_transpose2d', (3, 4), (3, 2, 3, 3), None, {}), ('conv_transpose1d', (1, 3, 4), (3, 2, 3), None, {'groups': 2})]:
    call(op, [R(x), R(w), b and R(b)], k)
for s, k in [((1, 2, 3, 3), {'kernel_size': 2}), ((2, 3, 3), {'kernel_size': (2, 1), 'padding': 1}), ((2, 1, 5, 4), {'kernel_size': 2, 'dilation': 2, 'stride': (2, 1)}), ((3, 3), {'kernel_size': 2}), ((1, 2, 3, 3), {'kernel_size': 4}), ((1, 2, 3, 3), {'kernel_size': 0}), ((1, 2, 3, 3), {'kernel_size': 2, 'stride': 0}), ((1, 2, 3, 3), {'kernel_size': 2, 'dilation': 0}), ((1, 2, 3, 3), {'kernel_size': 2, 'padding': -1})]: call('unfold', [R(s)], k)
for s, k in [((1, 8, 4), {'output_size': 3, 'kernel_size': 2}), ((8, 4), {'output_size': (3, 3), 'kernel_size': 2}), ((1, 4, 9), {'output_size': 5, 'kernel_size': 2, 'dilation': 2, 'padding': 1, 'stride': 2}), ((1, 8, 5), {'output_size': (3, 3), 'kernel_size': 2}), ((1, 7, 4), {'output_size': 3, 'kernel_size': 2}), ((4,), {'output_size': 3, 'kernel_size': 2})]: call('fold', [R(s)], k)
# pools
for n in (1, 2, 3):
    for _ in range(12 if n < 3 else 5):
        one = lambda *v: [rng.choice(v) for _ in range(n)] if rng.random() < .5 else rng.choice(v)
        s = ([] if rng.random() < .3 else [rng.choice([1, 2])]) + [2] + [rng.choice([3, 4, 5] if n < 3 else [2, 3]) for _ in range(n)]; k = one(2, 3) if n < 3 else 2
        call(f'max_pool{n}d', [R(s, D(), special=True), k], {'stride': one(1, 2, 3), 'padding': one(0, 1), 'dilation': one(1, 1, 2) if n < 3 else 1, 'ceil_mode': rng.random() < .5}, second=False)
        kw = {'stride': one(1, 2, 3), 'padding': one(0, 1), 'ceil_mode': rng.random() < .5, 'count_include_pad': rng.random() < .5}
        if n > 1 and rng.random() < .3: kw['divisor_override'] = 3
        call(f'avg_pool{n}d', [R(s, D()), k], kw)
        call(f'adaptive_avg_pool{n}d', [R(s, D()), one(1, 2, 3)]);
        if n < 3: call(f'adaptive_max_pool{n}d', [R(s, D(), special=True), one(1, 2, 3)]); call(f'lp_pool{n}d', [R(s, lo=.1), rng.choice([1., 2., 3.]), rng.choice([1, 2])], {'ceil_mode': rng.random() < .5})
call('max_pool2d', [torch.full((1, 1, 3, 3), -inf, dtype=f64).requires_grad_(), 2], {'padding': 1}, second=False); call('max_pool2d', [torch.arange(-9, 0).reshape(1, 3, 3), 2], {'padding': 1, 'ceil_mode': True}); call('avg_pool2d', [torch.arange(9).reshape(1, 3, 3), 2])
for op in ('max_pool1d', 'max_pool2d', 'max_pool3d', 'avg_pool1d', 'avg_pool2d', 'avg_pool3d'):
    n = int(op[-2])
    for s, k, kw in [((6,), 2, {}), ((1, 2) + (2,) * n, 3, {}), ((1, 2) + (6,) * n, 2, {'padding': 2}), ((1, 2) + (6,) * n, 2, {'padding': -1}), ((1, 2) + (6,) * n, 0, {}), ((1, 2) + (6,) * n, 2, {'stride': -1}), ((1, 2) + (0,) * n, 2, {}), ((0, 2) + (4,) * n, 2, {})]:
        if not (op in ('avg_pool1d', 'avg_pool3d') and kw.get('padding') == -1): call(op, [R(s), k], kw)
    if op[0] == 'm' and n < 3: call(op, [R((1, 2) + (6,) * n), 2], {'dilation': 0})
    if n > 1 and op[0] == 'a': call(op, [R((1, 2) + (6,) * n), 2], {'divisor_override': 0})
for x in (I(1, 2).reshape(1, 2), torch.tensor([[True, False]])): call('max_pool1d', [x, 2])
for op, s, o in [('adaptive_avg_pool2d', (6, 6), 2), ('adaptive_avg_pool2d', (2, 6, 6), -1), ('adaptive_avg_pool2d', (1, 2, 0, 6), 2), ('adaptive_avg_pool2d', (1, 2, 6, 6), (1, 2, 3)), ('adaptive_avg_pool1d', (6,), 2), ('adaptive_max_pool2d', (6, 6), 3), ('adaptive_max_pool1d', (6,), 3), ('adaptive_max_pool2d', (1, 2, 0, 6), 2), ('adaptive_avg_pool2d', (2, 3, 3), 0)]: call(op, [R(s), o])
# normalisations
for s, g in [((2, 4, 3), 2), ((2, 4), 2), ((1, 6, 2, 2), 3), ((2, 3, 4), 3), ((2, 3, 2), 1), ((0, 4, 2), 2), ((2, 3, 4), 2), ((1, 2), 2), ((4,), 2)]:
    for w, b in [(None, None), (1, 1), (1, None), (None, 1)]:
        c = s[1] if len(s) > 1 else 4; call('group_norm', [R(s), g, w and R((c,)), b and R((c,))], second=0 not in s)
call('group_norm', [R((2, 4, 4)), 2, R((3,))]); call('group_norm', [R((2, 4, 4)), 2, None, R((3,))]); call('group_norm', [torch.ones(2, 4, dtype=i64), 2]); call('group_norm', [R((2, 4)), 2, R((4,), f32)])
for s in [(2, 3, 4), (1, 2, 2, 3), (2, 3, 1), (2, 3)]:
    for k in [{}, {'weight': R((s[1],)), 'bias': R((s[1],))}, {'running_mean': N((s[1],)), 'running_var': N((s[1],), .5, 2)}, {'running_mean': N((s[1],)), 'running_var': N((s[1],), .5, 2), 'use_input_stats': False}]: call('instance_norm', [R(s)], k)
call('instance_norm', [R((2, 3, 4))], {'use_input_stats': False}); call('instance_norm', [R((2, 3, 4))], {'weight': R((2,))})
for s, n, w in [((2, 3), [3], None), ((2, 3), [3], 1), ((2, 3, 2), [3, 2], 1), ((2, 3), [2], None), ((2, 3), [], None)]: call('rms_norm', [R(s), n, w and R(tuple(n))]); call('rms_norm', [R(s, f32), n, w and R(tuple(n), f32)], {'eps': .1})
call('rms_norm', [R((2, 3)), [3], R((2,))]); call('rms_norm', [torch.ones(2, 3, dtype=i64), [3]])
for s, n in [((1, 4, 3), 2), ((1, 4, 3), 3), ((2, 3, 2, 2), 2), ((1, 3, 2, 2, 2), 3), ((4, 3), 2)]: call('local_response_norm', [R(s), n], {'alpha': .5, 'beta': .7, 'k': 2.})
for s, n, w, b in [((2, 3), [3], None, None), ((2, 3, 2), [3, 2], 1, 1), ((2, 3, 2), [2], None, 1)]: call('layer_norm', [R(s), n, w and R(tuple(n)), b and R(tuple(n))])
# images
for m in ('constant', 'reflect', 'replicate', 'circular'):
    for s, p in [((1, 2, 5), (2, 1)), ((2, 5), (1, 0)), ((1, 2, 4, 5), (2, 1, 1, 3)), ((1, 3, 4), (1, 2, 0, 1)), ((1, 1, 3, 2, 3), (1, 2, 1, 1, 0, 2)), ((2, 5), (-1, 2)), ((1, 2, 5), (7, 1)), ((5,), (1, 1)), ((5,), (1,)), ((5,), (1, 1, 1, 1))]: call('pad', [R(s), list(p)], {'mode': m}, second=m != 'circular' or True)
    call('pad', [torch.arange(3).reshape(1, 3), [1, 1]], {'mode': m})
call('pad', [R((3,)), [1, -2]], {'value': 1.5}); call('pad', [I(1, 2), [1, 1]], {'value': 2.5}); call('pad', [torch.tensor([True]), [1, 1]], {'value': 1.}); call('pad', [R((5,)), [-3, -3]]); call('pad', [R((1, 2, 3)), [1, 1]], {'mode': 'reflect', 'value': 1.}); call('pad', [R((1, 2, 3)), [1, 1]], {'mode': 'x'}); call('pad', [R((3,)), [0, 0]]); call('pad', [R((3,)), []])
for n, modes in [(1, ['nearest', 'nearest-exact', 'linear', 'area']), (2, ['nearest', 'nearest-exact', 'bilinear', 'bicubic', 'area']), (3, ['nearest', 'nearest-exact', 'trilinear', 'area'])]:
    for m in modes:
        for dt in (f64, f32):
            for k in [{'size': 5}, {'scale_factor': 2.}, {'scale_factor': 1.7}, {'size': [2, 4, 3][:n]}, {'scale_factor': [.5, 1.5, 2.5][:n]}, {'size': 1}, {'scale_factor': 1.7, 'recompute_scale_factor': True}]:
                if n == 3 and rng.random() < .5: continue
                s = [1, 2] + [3, 4, 2][:n]
                call('interpolate', [R(s, dt)], {'mode': m, **k}, second=dt == f64)
                if 'linear' in m or m == 'bicubic': call('interpolate', [R(s, dt)], {'mode': m, 'align_corners': True, **k}, second=False)
for s, k in [((1, 2, 3, 3), {'size': 2, 'scale_factor': 2.}), ((1, 2, 3, 3), {}), ((1, 2, 3, 3), {'size': 2, 'align_corners': True}), ((1, 2, 3), {'size': 2, 'mode': 'bilinear'}), ((1, 2, 3, 3), {'size': 2, 'mode': 'linear'}), ((1, 2, 3, 3), {'size': 2, 'mode': 'x'}), ((2, 3), {'size': 2}), ((1, 2, 3, 3), {'size': [2, 2, 2]}), ((1, 2, 3, 3), {'size': 0}), ((1, 2, 3), {'size': 0}), ((1, 2, 3, 3), {'size': 2, 'recompute_scale_factor': True})]: call('interpolate', [R(s)], k)
call('interpolate', [torch.ones(1, 1, 2, dtype=i64)], {'size': 3}); call('interpolate', [torch.ones(1, 1, 2, dtype=i64)], {'size': 3, 'mode': 'linear'})
call('upsample', [R((1, 2, 3))], {'scale_factor': 2.}); call('upsample_nearest', [R((1, 2, 3, 2))], {'size': 3}); call('upsample_bilinear', [R((1, 2, 3, 2))], {'scale_factor': 2.})
for op in ('pixel_shuffle', 'pixel_unshuffle'):
    for s, r in [((1, 4, 2, 4), 2), ((9, 3, 3), 3), ((2, 1, 8, 4, 2), 2), ((1, 3, 3, 2), 2), ((1, 4, 2, 3), 2), ((2, 2), 2), ((4, 2, 2), 0)]: call(op, [R(s), r])
for s, g in [((1, 4, 2), 2), ((2, 6, 2, 2), 3), ((1, 4, 2), 3), ((1, 4), 2), ((1, 4, 2), 0)]: call('channel_shuffle', [R(s), g])
# losses
for r in red + ['x']:
    k = {'reduction': r}
    for op, more in [('smooth_l1_loss', [{}, {'beta': .5}, {'beta': 0.}, {'beta': -1.}]), ('huber_loss', [{}, {'delta': .5}, {'delta': 0.}])]:
        for m in more: call(op, [R((2, 3), special=True), R((2, 3), special=True)], {**k, **m})
        call(op, [R((2, 3), f32), R((2, 3), f32)], k); call(op, [R((2, 3)), R((3,))], k); call(op, [R((2,)), R((3,))], k); call(op, [R((0,)), R((0,))], k); call(op, [I(1, 2), I(3, 4)], k)
    for lt in (False, True): call('kl_div', [R((2, 3)), R((2, 3), lo=0)], {**k, 'log_target': lt}); call('kl_div', [R((2, 3)), R((3,), lo=.1)], {**k, 'log_target': lt}); call('kl_div', [R(()), R((), lo=.1)], {**k, 'log_target': lt})
    call('kl_div', [I(1, 2), R((2,))], k)
    for m in [{}, {'full': True}, {'log_input': False, 'eps': .1}]: call('poisson_nll_loss', [R((2, 3), lo=.1), R((2, 3), lo=.5, hi=4)], {**k, **m})
    for v in [(2, 3), (2,), (2, 1), (3,), ()]: call('gaussian_nll_loss', [R((2, 3)), R((2, 3)), R(v, lo=.1)], {**k, 'full': v == (2,)})
    call('gaussian_nll_loss', [R((2,)), R((2,)), N((2,), -1, -.5)], k)
    s = lambda *shape: (N(shape, -1, 1) > 0).to(f64) * 2 - 1
    for m in [{}, {'margin': .5}]:
        call('cosine_embedding_loss', [R((4, 3)), R((4, 3)), s(4)], {**k, **m}); call('cosine_embedding_loss', [R((3,)), R((3,)), s()], {**k, **m})
        call('hinge_embedding_loss', [R((2, 3)), s(2, 3)], {**k, **m}); call('hinge_embedding_loss', [R((2, 3)), I(1, -1, 0)], {**k, **m}); call('margin_ranking_loss', [R((4,)), R((4,)), s(4)], {**k, **m})
        call('triplet_margin_loss', [R((3, 4)), R((3, 4)), R((3, 4))], {**k, **m, 'swap': m == {}}); call('triplet_margin_loss', [R((4,)), R((4,)), R((4,))], {**k, **m, 'p': 1.})
        for p in (1, 2): call('multi_margin_loss', [R((3, 4)), I(0, 3, 1)], {**k, **m, 'p': p}, second=False); call('multi_margin_loss', [R((3, 4)), I(0, 3, 1)], {**k, **m, 'p': p, 'weight': N((4,))}, second=False); call('multi_margin_loss', [R((4,)), torch.tensor(2)], {**k, **m, 'p': p}, second=False); call('multi_margin_loss', [R((4,)), I(2)], {**k, **m, 'p': p}, second=False)
    call('soft_margin_loss', [R((2, 3)), s(2, 3)], k); call('soft_margin_loss', [R((2, 3)), R((2, 3))], k); call('soft_margin_loss', [R((2, 3), f32), s(3)], k); call('soft_margin_loss', [R((2,)), s(3)], k); call('soft_margin_loss', [I(1), I(1)], k)
    for w in (None, N((3,))): call('multilabel_soft_margin_loss', [R((2, 3)), R((2, 3), lo=0)], {**k, 'weight': w})
    call('multilabel_margin_loss', [R((2, 4)), torch.tensor([[1, -1, 0, 2], [0, 2, 2, -1]])], k, second=False); call('multilabel_margin_loss', [R((3,)), I(2, 0, -1)], k, second=False)
    for w in ((2, 3), (3,), (1,), (2,)):
        call('binary_cross_entropy', [R((2, 3), lo=.1, hi=.9), R((2, 3), lo=0, hi=1), N(w)], k); call('binary_cross_entropy_with_logits', [R((2, 3)), R((2, 3), lo=0, hi=1), N(w)], k)
        call('binary_cross_entropy_with_logits', [R((2, 3)), R((2, 3), lo=0, hi=1)], {**k, 'pos_weight': N(w, .5, 3)}); call('binary_cross_entropy_with_logits', [R((2, 3)), N((2, 3)), N((3,))], {**k, 'pos_weight': N(w, .5, 3)})
call('binary_cross_entropy', [R((2,), lo=.1, hi=.9), N((2,)), R((2,))]); call('binary_cross_entropy_with_logits', [R((2,)), N((2,)), R((2,))]); call('binary_cross_entropy_with_logits', [R((2,)), N((2,))], {'pos_weight': R((2,))})
for a in [[R((3,)), R((3,)), I(1)], [R((2, 3)), R((2, 3)), I(1, 1).reshape(2, 1)], [R((2, 3)), R((2, 3)), torch.tensor(1)]]: call('cosine_embedding_loss', a)
call('margin_ranking_loss', [R((2,)), R((2, 2)), I(1, 1)]); call('triplet_margin_loss', [R((2, 3)), R((2, 3)), R((2, 3))], {'margin': -1.}); call('triplet_margin_loss', [R((2, 3)), R((3,)), R((2, 3))])
for a, k in [([R((2, 3)), I(1, 2)], {'p': 3}), ([R((2, 3)), I(1, 2)], {'weight': N((2,))}), ([R((2, 3)), I(1, 3)], {}), ([R((2, 3)), I(1)], {}), ([I(1, 2).reshape(1, 2), I(1)], {}), ([R((2, 3)), I(1, 2)], {'weight': R((3,))})]: call('multi_margin_loss', a, k)
call('multilabel_margin_loss', [R((2, 3)), I(1, 1, 1, 1).reshape(2, 2)]); call('multilabel_margin_loss', [R((1, 3)), I(1, 3, -1).reshape(1, 3)])
# what is drawn
for op, s in [('dropout', (2, 3)), ('dropout1d', (2, 3, 2)), ('dropout1d', (3, 2)), ('dropout2d', (2, 3, 2, 2)), ('dropout2d', (2, 3, 2)), ('dropout3d', (1, 3, 2, 2, 2)), ('dropout3d', (3, 2, 2, 2)), ('alpha_dropout', (2, 3)), ('feature_alpha_dropout', (2, 3, 2)), ('dropout1d', (4,))]:
    for dt in (f64, f32):
        for p in (.5, .2, 0., 1., 2.): torch.manual_seed(7); call(op, [R(s, dt), p], {'training': True})
    call(op, [R(s), .5], {'training': False})
torch.manual_seed(7); call('rrelu', [R((9,))], {'training': True}); torch.manual_seed(7); call('gumbel_softmax', [R((2, 3))], {'tau': .5}); torch.manual_seed(7); call('gumbel_softmax', [R((2, 3))], {'hard': True, 'dim': 0})
for c in calls:
    if 'grad_fn' in c: c['grad_fn'] = [n and n.split('::')[-1] for n in c['grad_fn']]
with gzip.GzipFile(path, 'wb', mtime=0) as f:
    for c in calls: f.write((json.dumps(c, separators=(',', ':')) + '\n').encode())
print(len(calls), sum('error' in c for c in calls), sum('grads2' in c for c in calls))
