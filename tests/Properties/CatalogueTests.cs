using System.Reflection;
using Functional.Autograd;
using Functional.Autograd.Testing;

namespace Properties;

/// <summary>Every row of the catalogue under every law.</summary>
public class CatalogueTests
{
    public static TheoryData<string> Rows => [.. Catalogue.All.Select(r => r.Name)];

    public static TheoryData<string> Specials => [.. Catalogue.All.Where(r => r.Special is not null).Select(r => r.Name)];

    public static TheoryData<string> Rounds => [.. Catalogue.All.Where(r => r.Round is not null).Select(r => r.Name)];

    public static TheoryData<string> Integers => [.. Catalogue.Integers.Select(r => r.Name)];

    private static Catalogue.Row Row(string name) => Catalogue.All.First(r => r.Name == name);

    private static void Hold(string row, Func<Tape, Case> make, Func<Law, bool> which, int cases = 12, double share = 0.3, string[]? silent = null)
    {
        var broken = new List<string>();
        foreach (var law in Laws.All.Where(which))
        {
            try
            {
                Property.ForAll($"{row}, {law.Name}", make, law, cases, share: share, silent: silent?.Contains(law.Name) == true);
            }
            catch (LawBroken e)
            {
                broken.Add(e.Message);
            }
        }
        if (broken.Count > 0) throw new LawBroken(string.Join("\n\n", broken));
    }

    [Theory, MemberData(nameof(Rows))]
    public void Laws_hold_in_the_interior(string row) => Hold(row, Row(row).Make, _ => true, silent: Row(row).Silent);

    [Theory, MemberData(nameof(Specials))]
    public void Laws_of_values_hold_at_special_points(string row) => Hold(row + " at special points", Row(row).Special!, l => l.Everywhere, share: 0.05);

    [Theory, MemberData(nameof(Rounds))]
    public void Laws_hold_at_round_numbers(string row) => Hold(row + " at round numbers", Row(row).Round!, l => !l.Everywhere, 24, share: 0.2, silent: Row(row).Silent);

    [Theory, MemberData(nameof(Integers))]
    public void Laws_of_values_hold_for_integers(string row) =>
        Hold(row, Catalogue.Integers.First(r => r.Name == row).Make, l => l.Everywhere && l.Name is not ("value in float32" or "batched"));

    [Fact]
    public void Every_operation_has_a_row()
    {
        string[] kinds = [nameof(Node), "Node[]", "ValueTuple`2"];
        var operations = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => kinds.Contains(m.ReturnType.Name)).Select(m => m.Name).Distinct();
        var covered = Catalogue.All.SelectMany(r => r.Covers.Append(r.Name)).ToHashSet();
        Assert.Equal([], operations.Where(o => !covered.Contains(o)).Order());
        Assert.Equal(Catalogue.All.Count, Catalogue.All.Select(r => r.Name).Distinct().Count());
    }

    // A row that says it covers an operation must build what the operation builds: names alone prove nothing.
    [Fact]
    public void Rows_cover_nothing_that_does_not_exist()
    {
        var operations = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(m => m.Name).ToHashSet();
        Assert.All(Catalogue.All.SelectMany(r => r.Covers), c => Assert.Contains(c, operations));
    }
}
