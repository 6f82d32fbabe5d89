// The default generator, the plan cache and the warnings are one per process, as in PyTorch; tests that look at them run one by one.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
