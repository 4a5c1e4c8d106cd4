namespace MiniGrad.Probes.Attacks;

/// <summary>
/// What an attack raises on its way to a <see cref="Goal"/>: a number for each row of the logits, differentiable, that is
/// large where the goal is near. A targeted goal raises minus the loss of the class to reach.
/// </summary>
public abstract record Loss
{
    /// <summary>−log p of the class.</summary>
    public static Loss CrossEntropy { get; } = new CrossEntropyLoss();

    /// <summary>
    /// The largest other logit minus the class's: positive where another class wins, and never
    /// saturated (Carlini and Wagner, arXiv:1608.04644).
    /// </summary>
    public static Loss Margin { get; } = new MarginLoss();

    /// <summary>
    /// Difference of logits ratio: the margin over the difference of the first and the third logit, which no scale of the logits
    /// changes. Croce and Hein, arXiv:2003.01690. Needs three classes.
    /// </summary>
    public static Loss Dlr { get; } = new DlrLoss();

    /// <summary>
    /// The largest probability of another class, which confidence-calibrated training
    /// keeps low. Stutz et al., arXiv:1910.06259.
    /// </summary>
    public static Loss Confidence { get; } = new ConfidenceLoss();

    private static readonly Lock Guard = new();

    private static readonly SortedDictionary<string, Loss> Known = new(StringComparer.Ordinal)
    {
        ["cross-entropy"] = CrossEntropy,
        ["margin"] = Margin,
        ["dlr"] = Dlr,
        ["confidence"] = Confidence,
    };

    /// <summary>The names of the losses that can be named, in order.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            lock (Guard) return [.. Known.Keys];
        }
    }

    /// <summary>Makes a loss known by its name, or replaces the one of the same name.</summary>
    public static void Add(Loss loss)
    {
        lock (Guard) Known[loss.ToString()] = loss;
    }

    /// <summary>The loss of a name.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static Loss Find(string name)
    {
        lock (Guard)
        {
            return Known.TryGetValue(name, out Loss? loss)
                ? loss
                : throw new ArgumentException(Suggestion.Unknown("loss", name, Known.Keys));
        }
    }

    /// <summary>Any function of logits [rows, classes] and the rows' classes that gives a number for each row [rows].</summary>
    public static Loss Of(string name, Func<Tensor, int[], Tensor> ofClasses) => new FunctionLoss(name, ofClasses);

    /// <summary>The loss of each row [rows] with respect to its class, to be raised to leave it.</summary>
    public abstract Tensor OfClasses(Tensor logits, int[] classes);

    /// <summary>What is raised to reach a goal.</summary>
    public virtual Tensor Of(Tensor logits, Goal goal)
    {
        Tensor loss = OfClasses(logits, goal.Classes);
        return goal.IsTargeted ? -loss : loss;
    }

    /// <summary>What leads each row from its class to another: the difference of the two logits [rows].</summary>
    internal static Tensor Towards(Tensor logits, int[] classes, int[] targets) => Own(logits, targets) - Own(logits, classes);

    /// <summary>
    /// That difference over the one of the first logit and the mean of the third and the fourth, which no scale of the logits changes.
    /// Croce and Hein, arXiv:2003.01690.
    /// </summary>
    internal static Tensor RatioTowards(Tensor logits, int[] classes, int[] targets) =>
        Towards(logits, classes, targets) / (DlrLoss.WideSpread(logits) + 1e-12);

    /// <summary>The largest entry of each row but that of its class.</summary>
    private static Tensor LargestOther(Tensor logits, int[] classes)
    {
        Tensor own = Ops.OneHot(classes, logits.Shape[1], logits.Type, logits.Device) > 0;
        return Ops.Where(own, Ops.Like(logits, double.NegativeInfinity), logits).Max(1);
    }

    private static Tensor Own(Tensor logits, int[] classes) =>
        logits.Gather(1, Tensor.From(classes, [classes.Length, 1], logits.Device)).Squeeze(1);

    private sealed record CrossEntropyLoss : Loss
    {
        public override Tensor OfClasses(Tensor logits, int[] classes) => logits.CrossEntropy(classes, LossReduction.None);

        public override string ToString() => "cross-entropy";
    }

    private sealed record MarginLoss : Loss
    {
        public override Tensor OfClasses(Tensor logits, int[] classes) => LargestOther(logits, classes) - Own(logits, classes);

        public override string ToString() => "margin";
    }

    private sealed record DlrLoss : Loss
    {
        public override Tensor OfClasses(Tensor logits, int[] classes)
        {
            Tensor below = Spread(logits, (first, third, _) => first - third, 3);
            return Margin.OfClasses(logits, classes) / Positive(below);
        }

        // With the third logit alone the ratio would be constant where the class to reach is third.
        public override Tensor Of(Tensor logits, Goal goal)
        {
            if (!goal.IsTargeted) return OfClasses(logits, goal.Classes);
            Tensor below = WideSpread(logits);
            return -(Margin.OfClasses(logits, goal.Classes) / Positive(below));
        }

        /// <summary>z₍₁₎ − (z₍₃₎ + z₍₄₎)/2 of each row.</summary>
        public static Tensor WideSpread(Tensor logits) => Spread(logits, (first, third, fourth) => first - (third + fourth) * 0.5, 4);

        private static Tensor Spread(Tensor logits, Func<Tensor, Tensor, Tensor, Tensor> spread, int least)
        {
            int k = logits.Shape[1];
            if (k < least) Throw.Argument($"dlr: {k} classes; the ratio needs at least {least}. Use the margin.");
            // The order of the logits is a constant of this point; their values are differentiated.
            double[] z = logits.Detach().Cast(DType.F64).ToArray<double>();
            int[][] order = [.. Enumerable.Range(0, logits.Shape[0])
                .Select(row => (int[])[.. Enumerable.Range(0, k).OrderByDescending(c => z[row * k + c])])];
            Tensor At(int rank) => Own(logits, Array.ConvertAll(order, o => o[Math.Min(rank, k - 1)]));
            return spread(At(0), At(2), At(3));
        }

        private static Tensor Positive(Tensor below) => Ops.Where(below <= 0, Ops.Like(below, 1e-12), below);

        public override string ToString() => "dlr";
    }

    private sealed record ConfidenceLoss : Loss
    {
        public override Tensor OfClasses(Tensor logits, int[] classes) => LargestOther(logits.Softmax(1), classes);

        public override string ToString() => "confidence";
    }

    private sealed record FunctionLoss(string Name, Func<Tensor, int[], Tensor> Function) : Loss
    {
        public override Tensor OfClasses(Tensor logits, int[] classes) => Function(logits, classes);

        public override string ToString() => Name;
    }
}
