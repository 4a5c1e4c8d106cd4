namespace MiniGrad;

/// <summary>What a check of derivatives found: the worst disagreement and where it was.</summary>
public sealed record GradCheckResult(bool Passed, double WorstError, double Tolerance, string Where)
{
    /// <summary>The verdict, the worst error, the tolerance and where it was.</summary>
    public override string ToString() =>
        $"{(Passed ? "passed" : "failed")}: worst error {WorstError:G3} (tolerance {Tolerance:G3}) in {Where}";
}

/// <summary>
/// Compares derivatives with central differences in double precision, and forward with reverse mode by
/// ⟨u, Jv⟩ = ⟨Jᵀu, v⟩. Errors are relative to the largest derivative of the same kind, at least 1.
/// </summary>
public static class GradCheck
{
    /// <summary>∛ε: where the rounding error ε/h and the truncation error h² of a central difference meet.</summary>
    private static readonly double Step = Math.Cbrt(Math.BitIncrement(1.0) - 1);

    /// <summary>Checks a function of several F64 tensors at a point, up to an order of 1 or 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The order is neither 1 nor 2.</exception>
    /// <exception cref="ArgumentException">An input is not F64.</exception>
    public static GradCheckResult Run(Func<Tensor[], Tensor> f, Tensor[] inputs, int order = 2, double tolerance = 1e-7)
    {
        if (order is < 1 or > 2) Throw.Range($"gradcheck: order {order} must be 1 or 2.");
        foreach (Tensor input in inputs) Check.Type("gradcheck", "an input", input, DType.F64);

        GradCheckResult first = Compare(f, inputs, tolerance, "gradient");
        if (!first.Passed) return first;
        GradCheckResult adjoint = Adjoint(f, inputs, tolerance);
        if (!adjoint.Passed || order == 1) return Worse(first, adjoint);

        // The gradient of ⟨u, f⟩ is again a function of tensors; its derivative is the second one.
        Tensor g(Tensor[] xs)
        {
            Tensor[] leaves = [.. xs.Select(x => x.Tracked())];
            Tensor y = f(leaves);
            Tensor[] gradients = Gradient.Of((y * Weights(y, 1)).Sum(), leaves, record: true);
            return Ops.Concat([.. gradients.Select(d => d.Reshape(-1))], 0);
        }
        GradCheckResult second = Compare(g, inputs, tolerance, "second derivative");
        return Worse(Worse(first, adjoint), Worse(second, second.Passed ? Adjoint(g, inputs, tolerance) : second));
    }

    /// <summary>The same check for one tensor; throws with the worst element when it fails.</summary>
    /// <exception cref="NumericalException">A derivative is wrong by more than the tolerance.</exception>
    public static void Assert(Func<Tensor, Tensor> f, Tensor x, int order = 2, double tolerance = 1e-7)
    {
        GradCheckResult result = Run(xs => f(xs[0]), [x], order, tolerance);
        if (!result.Passed) throw new NumericalException($"gradcheck: {result}");
    }

    private static GradCheckResult Worse(GradCheckResult a, GradCheckResult b) =>
        !a.Passed || (b.Passed && a.WorstError >= b.WorstError) ? a : b;

    private static GradCheckResult Compare(Func<Tensor[], Tensor> f, Tensor[] inputs, double tolerance, string kind)
    {
        Tensor[] leaves = [.. inputs.Select(x => x.Tracked())];
        Tensor y = f(leaves);
        Tensor u = Weights(y, 1);
        Tensor[] analytic = Gradient.Of((y * u).Sum(), leaves);
        double worst = 0;
        string where = kind;
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] values = inputs[i].ToArray<double>();
            double[] exact = analytic[i].ToArray<double>();
            double scale = Math.Max(1, exact.Length == 0 ? 0 : exact.Max(Math.Abs));
            for (int k = 0; k < values.Length; k++)
            {
                double step = Step * Math.Max(1, Math.Abs(values[k]));
                double numeric = (Dot(f, inputs, i, values, k, step, u) - Dot(f, inputs, i, values, k, -step, u)) / (2 * step);
                double error = Math.Abs(numeric - exact[k]) / scale;
                if (!(error <= worst))
                {
                    worst = error;
                    where = $"{kind}, input {i} {inputs[i].Shape}, element {k}: numeric {numeric:G9}, analytic {exact[k]:G9}";
                    if (double.IsNaN(error)) return new(false, error, tolerance, where);
                }
            }
        }
        return new(worst <= tolerance, worst, tolerance, where);
    }

    private static double Dot(Func<Tensor[], Tensor> f, Tensor[] inputs, int which, double[] values, int k, double step, Tensor u)
    {
        double[] moved = [.. values];
        moved[k] += step;
        Tensor[] at = [.. inputs];
        at[which] = Tensor.From(moved, inputs[which].Shape, inputs[which].Device);
        return (f(at) * u).Sum().Item();
    }

    private static GradCheckResult Adjoint(Func<Tensor[], Tensor> f, Tensor[] inputs, double tolerance)
    {
        double worst = 0;
        string where = "adjoint identity";
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor[] leaves = [.. inputs];
            leaves[i] = inputs[i].Tracked();
            Tensor y = f(leaves);
            Tensor u = Weights(y, 2);
            Tensor v = Weights(inputs[i], 3);
            Tensor forward = Tangent.Of(y, leaves[i], v);
            Tensor backward = Gradient.Of(y, leaves[i], seed: u);
            double left = (u * forward).Sum().Item();
            double right = (backward * v).Sum().Item();
            double scale = Math.Max(1, (u * forward).Abs().Sum().Item());
            double error = Math.Abs(left - right) / scale;
            if (error <= worst) continue;
            worst = error;
            where = $"adjoint identity, input {i} {inputs[i].Shape}: <u, Jv> = {left:G9}, <J'u, v> = {right:G9}";
        }
        return new(worst <= tolerance, worst, tolerance, where);
    }

    /// <summary>Fixed pseudo-random weights in [−1, 1], so that no derivative cancels by symmetry.</summary>
    private static Tensor Weights(Tensor like, int stream)
    {
        float[] draws = new Rng(20).At(stream).Uniform(checked((int)like.Count));
        return Tensor.From(Array.ConvertAll(draws, d => 2.0 * d - 1), like.Shape, like.Device);
    }
}
