using MiniGrad.Tests.Kernels;

namespace MiniGrad.Tests.Autograd;

/// <summary>One line of the table of operations: what to compute, where to sample it, and what holds for the result.</summary>
internal sealed record OpRow(string Name, Shape[] Shapes, Func<Tensor[], Tensor> Apply)
{
    public double Low { get; init; } = -2;

    public double High { get; init; } = 2;

    /// <summary>The types of operations and formulas that the row exercises.</summary>
    public string[] Covers { get; init; } = [];

    /// <summary>The same function of plain numbers, for rows that work element by element.</summary>
    public Func<double[], double>? Exact { get; init; }

    /// <summary>How far a value lies from the nearest point without a derivative; none for smooth functions.</summary>
    public Func<double, double>? KinkDistance { get; init; }

    /// <summary>Whether ties are kinks too, so that all values of all inputs must differ.</summary>
    public bool Distinct { get; init; }

    /// <summary>Orders of derivatives to compare with differences.</summary>
    public int Orders { get; init; } = 2;

    /// <summary>Of the derivatives, relative to the largest.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>Rounding errors of the fast kernels against the reference, in units in the last place.</summary>
    public double Ulps { get; init; } = 4;

    /// <summary>Added to a result's own size where terms of about this size cancel.</summary>
    public double Magnitude { get; init; }

    /// <summary>For sums of products: the number of products, and the bound is count · ε · f(|x|).</summary>
    public int Products { get; init; }

    public override string ToString() => Name;

    /// <summary>Inputs drawn from the domain, away from kinks; a row always draws the same.</summary>
    public Tensor[] Inputs(DType type, Device device)
    {
        int total = Shapes.Sum(shape => (int)shape.Count);
        double[] values = Draw(total);
        Tensor[] inputs = new Tensor[Shapes.Length];
        int at = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            int count = (int)Shapes[i].Count;
            inputs[i] = Numbers.Make(values[at..(at + count)], Shapes[i], type, device);
            at += count;
        }
        return inputs;
    }

    public double[] Draw(int count)
    {
        Rng rng = new Rng(11).At(Name);
        float[] draws = rng.Uniform(count);
        int[] order = rng.At("order").Permutation(count);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            // Distinct values are the shuffled points of an even grid, each moved by less than a quarter of its cell.
            double place = Distinct ? (order[i] + 0.375 + 0.25 * draws[i]) / count : draws[i];
            values[i] = (float)(Low + (High - Low) * place);
            while (KinkDistance is not null && KinkDistance(values[i]) < 1e-3) values[i] += 2.1e-3;
        }
        return values;
    }
}
