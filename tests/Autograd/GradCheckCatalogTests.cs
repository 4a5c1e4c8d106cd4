using MiniGrad.Lab.Checks;
using MiniGrad.Tests.Kernels;
using Xunit;

namespace MiniGrad.Tests.Autograd;

/// <summary>What <c>minigrad gradcheck</c> tries, held together with <see cref="OpTable"/>.</summary>
public class GradCheckCatalogTests
{
    /// <summary>What has no derivative of its own, or none that differences in F64 can see.</summary>
    private static readonly string[] Exempt =
    [
        nameof(Floor), nameof(Round), nameof(Sign), nameof(Larger), // slope 0 everywhere
        nameof(Cast), // rounding to F32 hides a difference quotient
        "Identity", // the start of a graph inside another
    ];

    [Fact]
    public void NoOperationOfTheTableIsMissing()
    {
        HashSet<string> met = [.. Exempt];
        foreach (GradCheckEntry entry in GradCheckCatalog.All)
        {
            Tensor[] leaves = OpTableTests.Tracked(entry.Point(1));
            Tensor y = entry.Function(leaves);
            Collect(y, met);
            // The rules are checked as well: orders 1 and 2 differentiate them.
            Tensor seed = Numbers.Random(y.Shape, y.Type, "seed").Tracked();
            foreach (Tensor gradient in Gradient.Of(y, leaves, seed, record: true)) Collect(gradient, met);
        }
        Assert.Empty(OpTable.Rows.SelectMany(row => row.Covers).Except(met));
    }

    private static void Collect(Tensor result, HashSet<string> met)
    {
        HashSet<Node> seen = [];
        Stack<Tensor> open = new([result]);
        while (open.TryPop(out Tensor? tensor))
        {
            if (tensor.Origin is not Node node || !seen.Add(node)) continue;
            if (node.Op is { } op)
            {
                met.Add(op.GetType().Name);
                foreach (Type formula in op.GetType().GetGenericArguments()) met.Add(formula.Name);
            }
            foreach (Tensor input in node.Inputs) open.Push(input);
        }
    }
}
