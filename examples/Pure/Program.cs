using Pure;

// Short programs through the pure door, each with a check against something that it did not compute itself.
(string Name, Func<(string Result, double Error, double Bound)> Run)[] programs =
[
    ("Rosenbrock's function of 100 variables, Newton's method with conjugate gradients", Minimise.Rosenbrock),
    ("two regressions of NIST's, Misra1a and Thurber, from the far starts, by Levenberg and Marquardt's method", Regressions.Certified),
    ("logistic regression on 1,400 images of digits, by L-BFGS", Regressions.Digits),
    ("a Kalman filter's likelihood, by Scan", Sequences.Kalman),
    ("a recurrent network that learns to delay its input, by Scan", Sequences.Recurrent),
    ("a boundary value problem u″ = −π² sin πx, by a network with u″ in its loss", Physics.Poisson),
    ("a differential equation whose right side is a network", Physics.NeuralEquation),
    ("a bouncing ball: when it lands for the fourth time, with first and second derivatives", Physics.Bounces),
    ("a Gaussian process, by Cholesky's factor", Processes.Gaussian),
    ("the gradient of every sample's loss, by Vmap", Batches.PerSample),
    ("the Hessian over a record of parameters", Batches.HessianOfRecord),
    ("derivatives of tan to order 6", Towers.Tan),
    ("ten functions to order 10, by series and by nested gradients", Towers.TenFunctions),
    ("a gradient through a compiled function", Towers.Compiled),
    ("the sparse Hessian of 100,000 variables", Sparseness.Rosenbrock),
];

var failed = 0;
foreach (var (name, run) in programs)
{
    var (result, error, bound) = run();
    var holds = error <= bound;
    if (!holds) failed++;
    Console.WriteLine($"{(holds ? "ok    " : "FAILED")} {name}");
    Console.WriteLine($"       {result}; off by {error:0.0e+00}, at most {bound:0.0e+00}");
}
Console.WriteLine($"{programs.Length - failed} of {programs.Length} hold");
return failed;
