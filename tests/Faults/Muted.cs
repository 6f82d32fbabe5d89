// The tests of the other projects are compiled here as killers of faults, and run when a fault asks for them. Where these names are met first,
// they are not found as tests of this project.

/// <summary>A test that is run when a fault asks for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactAttribute : Attribute;

/// <summary>A test over data that is run when a fault asks for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryAttribute : Attribute;
