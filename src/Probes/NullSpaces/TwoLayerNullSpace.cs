namespace MiniGrad.Probes.NullSpaces;

/// <summary>Which hidden units are held where they are, because they might otherwise cross their kink.</summary>
internal abstract record KinkRule
{
    /// <summary>Units with |a| ≤ threshold: the released code's rule (0.3); exactness is not guaranteed.</summary>
    public sealed record Fixed(double Threshold = 0.3) : KinkRule;

    /// <summary>Units that could cross for some step no longer than the wanted one: safe before looking, but nearly all units.</summary>
    public sealed record Certified : KinkRule;

    /// <summary>
    /// Holds the units that did cross and projects again, until none does. Exact, and ends because held units cannot move.
    /// </summary>
    public sealed record FlipFree : KinkRule;
}

/// <summary>One null-space step of a two-layer network and what it kept.</summary>
/// <param name="Step">The projected direction v_p, before any clamping.</param>
/// <param name="Held">Number of units held, |T|.</param>
/// <param name="Rank">Rank of the constraints.</param>
/// <param name="StepRatio">‖v_p‖ / ‖v‖: how far towards the target the step goes.</param>
/// <param name="LogitsBefore">Logits at the source.</param>
/// <param name="LogitsAfter">Logits at source + step, unclamped.</param>
/// <param name="HasFreedom">False when the constraints leave no direction: the step is zero.</param>
internal sealed record NullSpaceStep(
    double[] Step, int Held, int Rank, double StepRatio, double[] LogitsBefore, double[] LogitsAfter, bool HasFreedom)
{
    /// <summary>max |ΔL| / (1 + max |L|): 0 up to rounding when the step is exact.</summary>
    public double LogitError => LogitsBefore.Zip(LogitsAfter, (a, b) => Math.Abs(a - b)).Max() / (1 + LogitsBefore.Max(Math.Abs));
}

/// <summary>
/// The one-step null space of L(x) = W2·relu(W1 x + b1) + b2: the largest part of a wanted move that leaves every logit
/// (or every softmax probability) as it is. All arithmetic in double.
/// </summary>
internal sealed class TwoLayerNullSpace
{
    private readonly double[] w1;
    private readonly double[] b1;
    private readonly double[] w2;
    private readonly double[] b2;

    /// <summary>From the weights W1 [units, inputs], b1 [units], W2 [classes, units], b2 [classes].</summary>
    public TwoLayerNullSpace(Tensor firstWeight, Tensor firstBias, Tensor secondWeight, Tensor secondBias)
    {
        Units = firstWeight.Shape[0];
        Inputs = firstWeight.Shape[-1];
        Classes = secondWeight.Shape[0];
        if (firstWeight.Rank != 2 || secondWeight.Rank != 2 || Units == 0 || Classes < 2
            || firstBias.Count != Units || secondWeight.Shape[1] != Units || secondBias.Count != Classes)
        {
            Throw.Argument($"two-layer network: {firstWeight.Shape}, {firstBias.Shape}, {secondWeight.Shape}, "
                + $"{secondBias.Shape} do not make a network of at least one unit and two classes.");
        }
        w1 = Doubles(firstWeight);
        b1 = Doubles(firstBias);
        w2 = Doubles(secondWeight);
        b2 = Doubles(secondBias);
    }

    public int Units { get; }

    public int Inputs { get; }

    public int Classes { get; }

    /// <summary>
    /// The step from source towards target. With <paramref name="softmaxShift"/> only differences of logits are kept, so
    /// one more dimension is free and the probabilities stay.
    /// </summary>
    public NullSpaceStep Find(double[] source, double[] target, KinkRule? rule = null, bool softmaxShift = false)
    {
        if (source.Length != Inputs || target.Length != Inputs)
        {
            Throw.Argument($"two-layer network: images of {source.Length} and {target.Length} pixels, expected {Inputs}.");
        }
        rule ??= new KinkRule.FlipFree();
        double[] wanted = [.. target.Zip(source, (t, s) => t - s)];
        double[] hidden = Hidden(source);
        OrthonormalRows constraints = new(Inputs);
        AddLogitRows(constraints, hidden, softmaxShift);
        bool[] held = new bool[Units];
        Hold(constraints, held, InitiallyHeld(rule, hidden, wanted));
        double[] step = constraints.NullPart(wanted);
        while (rule is KinkRule.FlipFree && Crossed(source, step, hidden, held) is { Count: > 0 } crossed)
        {
            Hold(constraints, held, crossed);
            step = constraints.NullPart(wanted);
        }
        bool freedom = constraints.Rank < Inputs && Norm(step) > 1e-12 * Norm(wanted);
        if (!freedom) step = new double[Inputs];
        double ratio = Norm(wanted) == 0 ? 0 : Norm(step) / Norm(wanted);
        double[] moved = [.. source.Zip(step, (s, d) => s + d)];
        return new(step, held.Count(h => h), constraints.Rank, ratio, Logits(source), Logits(moved), freedom);
    }

    /// <summary>The logits of an image, in double.</summary>
    public double[] Logits(double[] image)
    {
        double[] hidden = Hidden(image);
        double[] logits = [.. b2];
        for (int k = 0; k < Classes; k++)
        {
            for (int i = 0; i < Units; i++) logits[k] += w2[k * Units + i] * Math.Max(0, hidden[i]);
        }
        return logits;
    }

    private double[] Hidden(double[] image)
    {
        double[] hidden = [.. b1];
        for (int i = 0; i < Units; i++) hidden[i] += OrthonormalRows.Dot(w1.AsSpan(i * Inputs, Inputs), image);
        return hidden;
    }

    /// <summary>Rows of W2⁺W1⁺, the Jacobian of the logits in this linear piece, or their differences to the last class.</summary>
    private void AddLogitRows(OrthonormalRows constraints, double[] hidden, bool softmaxShift)
    {
        int last = Classes - 1;
        for (int k = 0; k < (softmaxShift ? last : Classes); k++)
        {
            double[] row = new double[Inputs];
            for (int i = 0; i < Units; i++)
            {
                if (hidden[i] <= 0) continue;
                double weight = w2[k * Units + i] - (softmaxShift ? w2[last * Units + i] : 0);
                for (int j = 0; j < Inputs; j++) row[j] += weight * w1[i * Inputs + j];
            }
            constraints.Add(row);
        }
    }

    private List<int> InitiallyHeld(KinkRule rule, double[] hidden, double[] wanted)
    {
        double reach = Norm(wanted);
        return rule switch
        {
            KinkRule.Fixed fixedRule => Where(i => Math.Abs(hidden[i]) <= fixedRule.Threshold),
            // |w·d| ≤ ‖w‖‖d‖, and the projection cannot lengthen d.
            KinkRule.Certified => Where(i => Math.Abs(hidden[i]) <= Norm(w1.AsSpan(i * Inputs, Inputs)) * reach),
            _ => [],
        };
    }

    private List<int> Crossed(double[] source, double[] step, double[] hidden, bool[] held)
    {
        double[] after = Hidden([.. source.Zip(step, (s, d) => s + d)]);
        return Where(i => !held[i] && (hidden[i] > 0 ? after[i] < 0 : after[i] > 0));
    }

    private void Hold(OrthonormalRows constraints, bool[] held, List<int> units)
    {
        foreach (int unit in units)
        {
            held[unit] = true;
            constraints.Add(w1.AsSpan(unit * Inputs, Inputs));
        }
    }

    private List<int> Where(Func<int, bool> condition) => [.. Enumerable.Range(0, Units).Where(condition)];

    private static double[] Doubles(Tensor x) => x.Detach().Cast(DType.F64).ToArray<double>();

    private static double Norm(ReadOnlySpan<double> v) => Math.Sqrt(OrthonormalRows.Dot(v, v));
}
