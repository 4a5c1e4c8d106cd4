namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The fast adaptive boundary attack: steps onto linearised boundaries within the pixel box, pulled back to the image, whose nearest
/// wrong point is kept. Croce and Hein, arXiv:1907.02044. It looks for the smallest norm whatever the radius, which
/// <see cref="ExampleResult.Nearest"/> tells, and succeeds where that is within it; an image that it does not break comes out on the
/// way to the nearest wrong point, as far as the radius goes.
/// </summary>
/// <param name="Within">An L∞, L2 or L1 ball.</param>
/// <param name="Steps">Steps of one search, or towards one class.</param>
/// <param name="Targets">
/// How many classes are stepped towards one after another: those of the highest wrong logits of the image, at one gradient a step. With
/// 0 each step looks at all classes and takes the nearest boundary.
/// </param>
/// <param name="Overshoot">How far beyond the boundary a step goes, as a share of it.</param>
/// <param name="MostPull">The largest share of the image's own projection in a step.</param>
/// <param name="Back">What is left of the way from the image when a wrong point is found.</param>
/// <param name="Refine">Halves the way to the nearest wrong point of each image at the end, by forward passes.</param>
public sealed record Fab(
    Threat Within, int Steps = 100, int Targets = 0, double Overshoot = 0.05, double MostPull = 0.1, double Back = 0.9,
    bool Refine = true) : BallAttack<Fab.State>(Within)
{
    /// <summary>Gradients shorter than this give no direction.</summary>
    private const double Flat = 1e-12;

    /// <summary>The share of the radius, or of the smallest norm so far, at which later starts begin.</summary>
    private const double StartShare = 0.5;

    /// <summary>
    /// What would be returned and its logits, the iterate, the nearest wrong point of each row with its norm, the classes that a row
    /// steps towards, and which rows met logits or gradients that are not finite.
    /// </summary>
    public readonly record struct State(
        Tensor Point, Tensor? Logits, Tensor Current, Tensor Nearest, double[] Norms, int[][] Classes, bool[] Undefined) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => Logits is null ? [Point, Current, Nearest] : [Point, Logits, Current, Nearest];

        Tensor? IRowState<State>.PointLogits => Logits;

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            (double[] norms, int[][] classes, bool[] undefined) = (Norms, Classes, Undefined);
            return new(Point.TakeIndices(0, rows), Logits?.TakeIndices(0, rows), Current.TakeIndices(0, rows),
                Nearest.TakeIndices(0, rows), Array.ConvertAll(rows, row => norms[row]), Array.ConvertAll(rows, row => classes[row]),
                Array.ConvertAll(rows, row => undefined[row]));
        }
    }

    /// <inheritdoc/>
    protected override int Iterations => checked(Steps * Math.Max(1, Targets));

    private protected override int IterationsFor(Classifier classifier) =>
        Steps * Math.Clamp(Targets, 1, classifier.ClassCount - 1);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (!BoxProjection.Knows(Within)) Throw.Argument($"fab: {Within} is no ball of L-infinity, L2 or L1. Write --threat l2:0.5.");
        if (Steps < 1) Throw.Range($"fab: {Steps} steps; at least 1 is needed.");
        if (Targets < 0) Throw.Range($"fab: {Targets} targets; give 0 for all classes at once, or how many to step towards.");
        if (!(Overshoot >= 0 && double.IsFinite(Overshoot))) Throw.Range($"fab: overshoot {Overshoot} must be finite and at least 0.");
        if (!(MostPull is >= 0 and <= 1)) Throw.Range($"fab: a pull of {MostPull} is outside [0, 1].");
        if (!(Back is >= 0 and <= 1)) Throw.Range($"fab: a way back to {Back} is outside [0, 1].");
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows)
    {
        if (rows.Goal.IsTargeted && Targets > 0) Throw.Argument($"fab: the goal names a class; leave the {Targets} targets out.");
        Tensor clean = rows.Images;
        Tensor logits = rows.Query.Logits(clean);
        using RowBuffer<double> z = Rows.Read(logits);
        int classes = logits.Shape[1];
        double[] norms = new double[rows.Count];
        int[][] others = new int[rows.Count][];
        for (int i = 0; i < norms.Length; i++)
        {
            double[] line = z.Span.Slice(i * classes, classes).ToArray();
            int own = rows.Goal.Classes[i];
            // The order is stable, so of equals the lowest index comes first.
            others[i] = rows.Goal.IsTargeted
                ? [own]
                : [.. Enumerable.Range(0, classes).Where(k => k != own).OrderByDescending(k => line[k])];
            norms[i] = rows.Goal.IsMet(i, Logits.Top(line)) ? 0 : double.PositiveInfinity;
            if (norms[i] == 0) rows.Found(i, 0);
        }
        return new(clean, logits, Begin(rows, norms, 0), clean, norms, others, new bool[rows.Count]);
    }

    /// <inheritdoc/>
    protected override State Step(SearchRows rows, State state)
    {
        (int search, int step) = Math.DivRem(rows.Iteration, Steps);
        Tensor current = step == 0 && search > 0 ? Begin(rows, state.Norms, search) : state.Current;
        using FabPlanes planes = FabPlanes.At(rows, current, state.Classes, Targets > 0 ? search : null, Within, Flat);
        using RowBuffer<double> x = Rows.Read(current);
        using RowBuffer<double> clean = Rows.Read(rows.Images);
        bool[] undefined = [.. state.Undefined];
        int size = x.Count / rows.Count;
        for (int i = 0; i < rows.Count; i++)
        {
            if (planes.Kinds[i] == PlaneKind.Undefined) undefined[i] = true;
            if (planes.Kinds[i] == PlaneKind.Flat) rows.Query.Vanish(i);
            if (planes.Kinds[i] != PlaneKind.Plane) continue;
            Move(x.Span.Slice(i * size, size), clean.Span.Slice(i * size, size), planes.Normal(i), planes.Values[i],
                (rows.Classifier.Low, rows.Classifier.High), current.Type == DType.F32);
        }
        Tensor next = Of(x.Span, current);
        return Keep(rows, state with { Undefined = undefined }, next, rows.Query.Logits(next), x.Span, clean.Span, planes.Kinds);
    }

    /// <summary>Halves the way to the nearest wrong points, and returns them where they are within the radius.</summary>
    protected override State Finish(SearchRows rows, State state)
    {
        Tensor nearest = state.Nearest;
        double[] norms = [.. state.Norms];
        if (Refine && norms.Any(double.IsFinite))
        {
            Tensor way = nearest - rows.Images;
            double[] shares = Array.ConvertAll(norms, norm => double.IsFinite(norm) ? 1.0 : 0);
            Tensor At(Tensor image, Tensor ray) => rows.Clamp(image + ray);
            Boundary.Bisection.OnRays(rows, way, shares, At);
            Tensor shorter = At(rows.Images, way * Rows.Scale(shares, way));
            double[] lengths = Norms(shorter, rows.Images);
            using RowBuffer<bool> isShorter = new(rows.Count);
            for (int i = 0; i < rows.Count; i++)
            {
                // The whole way may round to another point than was looked at.
                isShorter[i] = shares[i] is > 0 and < 1 && lengths[i] < norms[i];
                if (isShorter[i]) rows.Found(i, norms[i] = lengths[i]);
            }
            nearest = Rows.Choose(isShorter.Span, shorter, nearest);
        }
        for (int i = 0; i < rows.Count; i++)
        {
            if (state.Undefined[i] && double.IsInfinity(norms[i])) rows.End(i, ExampleStatus.NonFinite);
        }
        return state with { Point = Inside(rows, norms, nearest, state.Current), Logits = null, Nearest = nearest, Norms = norms };
    }

    /// <summary>The image, or, where a search is not the first, a random point that is not far from it.</summary>
    private Tensor Begin(SearchRows rows, double[] norms, int search)
    {
        if (rows.Restart == 0) return rows.Images;
        Rng[] rngs = Array.ConvertAll(rows.Rngs, rng => rng.At("start").At(search));
        Tensor way = Within.RandomStart(rows.Images, rngs) - rows.Images;
        double[] lengths = Norms(way, way * 0);
        double[] scales = [.. lengths.Select((length, i) => length > 0 ? StartShare * Math.Min(norms[i], Within.Radius) / length : 0)];
        return rows.Clamp(rows.Images + way * Rows.Scale(scales, way));
    }

    /// <summary>One step of a row, in place: both projections with their overshoot, mixed by their lengths.</summary>
    private void Move(
        Span<double> x, ReadOnlySpan<double> clean, ReadOnlySpan<double> normal, double value, (double Low, double High) box, bool isSingle)
    {
        using RowBuffer<double> own = new(x.Length);
        using RowBuffer<double> pull = new(x.Length);
        double valueAtClean = value;
        for (int i = 0; i < x.Length; i++) valueAtClean += normal[i] * (clean[i] - x[i]);
        BoxProjection.Step(Within, x, normal, value, box, own.Span);
        BoxProjection.Step(Within, clean, normal, valueAtClean, box, pull.Span);
        (double near, double far) = (BoxProjection.Length(Within, own.Span), BoxProjection.Length(Within, pull.Span));
        double share = near + far > 0 ? Math.Min(near / (near + far), MostPull) : 0;
        for (int i = 0; i < x.Length; i++)
        {
            double next = (1 - share) * (x[i] + (1 + Overshoot) * own[i]) + share * (clean[i] + (1 + Overshoot) * pull[i]);
            next = Math.Clamp(next, box.Low, box.High);
            x[i] = isSingle ? (float)next : next;
        }
    }

    /// <summary>Looks at the points that the rows moved to; wrong ones that are nearer than any before are kept, and led back.</summary>
    private State Keep(
        SearchRows rows, State state, Tensor next, Tensor logits, Span<double> x, ReadOnlySpan<double> clean, PlaneKind[] moved)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        using RowBuffer<double> step = new(x.Length / rows.Count);
        using RowBuffer<bool> isNearer = new(rows.Count);
        using RowBuffer<bool> isInside = new(rows.Count);
        double[] norms = [.. state.Norms];
        bool isAnyWrong = false;
        for (int i = 0; i < rows.Count; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * logits.Shape[1], logits.Shape[1]);
            if (moved[i] != PlaneKind.Plane) continue;
            if (!Logits.AreFinite(line)) state.Undefined[i] = true;
            else if (rows.Goal.IsMet(i, Logits.Top(line)))
            {
                isAnyWrong = true;
                Span<double> row = x.Slice(i * step.Count, step.Count);
                ReadOnlySpan<double> from = clean.Slice(i * step.Count, step.Count);
                for (int k = 0; k < row.Length; k++) step[k] = row[k] - from[k];
                double norm = BoxProjection.Length(Within, step.Span);
                isNearer[i] = norm < norms[i];
                if (isNearer[i]) rows.Found(i, norms[i] = norm);
                isInside[i] = StopAtSuccess && isNearer[i] && norm <= Within.Radius;
                for (int k = 0; k < row.Length; k++) row[k] = from[k] + Back * step[k];
            }
        }
        state = state with { Norms = norms, Current = isAnyWrong ? Of(x, next) : next };
        if (isNearer.Span.Contains(true)) state = state with { Nearest = Rows.Choose(isNearer.Span, next, state.Nearest) };
        if (!isInside.Span.Contains(true)) return state;
        return state with
        {
            Point = Rows.Choose(isInside.Span, next, state.Point),
            Logits = Rows.Choose(isInside.Span, logits, state.Logits!),
        };
    }

    /// <summary>The nearest wrong point, or where there is none the iterate, led towards the image until it is within the radius.</summary>
    private Tensor Inside(SearchRows rows, double[] norms, Tensor nearest, Tensor current)
    {
        Tensor end = Rows.Choose(Array.ConvertAll(norms, double.IsFinite), nearest, current);
        double[] lengths = Norms(end, rows.Images);
        using RowBuffer<bool> isOutside = new(rows.Count);
        using RowBuffer<double> scales = new(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            isOutside[i] = !(lengths[i] <= Within.Radius);
            scales[i] = isOutside[i] && lengths[i] > 0 ? Within.Radius / lengths[i] : 0;
        }
        if (!isOutside.Span.Contains(true)) return end;
        Tensor way = end - rows.Images;
        return Rows.Choose(isOutside.Span, rows.Project(rows.Images + way * Rows.Scale(scales.Span, way)), end);
    }

    private double[] Norms(Tensor points, Tensor from)
    {
        using RowBuffer<double> x = Rows.Read(points);
        using RowBuffer<double> clean = Rows.Read(from);
        double[] norms = new double[points.Shape[0]];
        int size = x.Count / norms.Length;
        for (int i = 0; i < x.Count; i++) x[i] -= clean[i];
        for (int i = 0; i < norms.Length; i++) norms[i] = BoxProjection.Length(Within, x.Span.Slice(i * size, size));
        return norms;
    }

    private static Tensor Of(ReadOnlySpan<double> values, Tensor like) => Tensor.From(values, like.Shape, like.Device).Cast(like.Type);
}
