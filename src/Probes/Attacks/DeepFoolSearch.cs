namespace MiniGrad.Probes.Attacks;

/// <summary>
/// One search by <see cref="DeepFool"/>: a batch in which every row goes its own way and leaves when it has crossed. Only
/// rows that are open are computed, and gradients only where a row has not crossed yet.
/// </summary>
internal sealed class DeepFoolSearch
{
    /// <summary>Gradients shorter than this give no direction.</summary>
    private const double Flat = 1e-12;

    /// <summary>A step closes at least this difference of logits, times 1 + the largest of them: a tie would give a step of zero.</summary>
    private const double SmallestGap = 1e-6;

    private const int Halvings = 40;

    private readonly DeepFool attack;
    private readonly Query query;
    private readonly MinimalTask task;
    private readonly int[] examples;
    private readonly ExampleStatus?[] status;
    private readonly int[] iterations;
    private readonly int[] linearizations;
    private readonly double[] firstOrder;
    private readonly string?[] notes;
    private readonly Tensor?[] shifts;

    /// <summary>The class that each row was last seen in.</summary>
    private readonly int[] current;

    /// <summary>For each row the classes it may go to.</summary>
    private readonly int[]?[] candidates;

    public DeepFoolSearch(DeepFool attack, Query query, MinimalTask task)
    {
        (this.attack, this.query, this.task) = (attack, query, task);
        examples = query.Rows;
        int count = task.Count;
        status = new ExampleStatus?[count];
        (iterations, linearizations, firstOrder) = (new int[count], new int[count], new double[count]);
        Array.Fill(firstOrder, double.NaN);
        (notes, shifts) = (new string?[count], new Tensor?[count]);
        current = [.. task.StartClasses];
        candidates = new int[count][];
    }

    /// <summary>The images and r of the open rows.</summary>
    private readonly record struct State(Tensor Image, Tensor Shift);

    public MinimalResult Run()
    {
        Walk();
        query.Rows = examples;
        int[] crossed = [.. Enumerable.Range(0, task.Count).Where(row => shifts[row] is not null)];
        Tensor none = Ops.Zeros(task.Images.Shape, task.Images.Type, task.Images.Device);
        ExampleStatus[] ends = Array.ConvertAll(status, s => s ?? ExampleStatus.Completed);
        if (crossed.Length == 0) return new(none, task.Images, ends, iterations, linearizations, firstOrder, notes);
        bool isAll = crossed.Length == task.Count;
        Tensor images = isAll ? task.Images : task.Images.TakeIndices(0, crossed);
        Tensor found = crossed.Length == 1 ? shifts[crossed[0]]! : Ops.Concat([.. crossed.Select(row => shifts[row]!)], 0);
        double[] lengths = new double[crossed.Length];
        Array.Fill(lengths, 1 + attack.Overshoot);
        if (attack.Refine) Bisect(crossed, images, found, lengths);
        found *= PerRow.Scale(lengths, found);
        Tensor points = Box(images + found);
        return isAll
            ? new(found, points, ends, iterations, linearizations, firstOrder, notes)
            : new(Put(found, crossed, none), Put(points, crossed, task.Images), ends, iterations, linearizations, firstOrder, notes);
    }

    private void Walk()
    {
        int[] open = [.. Enumerable.Range(0, task.Count)];
        using ArenaLoop<State> loop = new(state => [state.Image, state.Shift]);
        State state = loop.Step(() => new State(task.Images, Ops.Zeros(task.Images.Shape, task.Images.Type, task.Images.Device)));
        for (int iteration = 0; iteration < attack.Iterations; iteration++)
        {
            if (task.Cancellation.IsCancellationRequested)
            {
                foreach (int row in open) status[row] = ExampleStatus.Interrupted;
                return;
            }
            query.Rows = Array.ConvertAll(open, row => examples[row]);
            state = loop.Step(() => Advance(state, open));
            query.Forget();
            task.Progress?.Invoke(iteration + 1);
            int[] left = [.. Enumerable.Range(0, open.Length).Where(i => status[open[i]] is null)];
            if (left.Length == open.Length) continue;
            for (int i = 0; i < open.Length; i++)
            {
                if (status[open[i]] == ExampleStatus.Reached) shifts[open[i]] = state.Shift.TakeIndices(0, [i]);
            }
            if (left.Length == 0) return;
            open = Array.ConvertAll(left, i => open[i]);
            state = loop.Step(() => new State(state.Image.TakeIndices(0, left), state.Shift.TakeIndices(0, left)));
        }
    }

    /// <summary>Linearises at x + r, adds the shortest step to a linearised boundary, and looks whether x + (1 + overshoot) r has crossed.</summary>
    private State Advance(State state, int[] open)
    {
        (Tensor logits, Tensor[] gradients) = query.Pull(Box(state.Image + state.Shift), values => Seeds(values, open));
        Tensor normals = gradients.Length == 1 ? gradients[0] : Ops.Concat(gradients, 0);
        using RowBuffer<double> scales = new(open.Length);
        int[] chosen = Choose(logits, normals, open, scales.Span);
        Tensor normal = gradients.Length == 1 ? normals : normals.TakeIndices(0, chosen);
        Tensor direction = attack.Norm == PerturbationNorm.L2 ? normal : normal.Sign();
        Tensor shift = state.Shift + direction * PerRow.Scale(scales.Span, direction);
        using RowBuffer<double> lengths = new(open.Length);
        lengths.Span.Fill(1 + attack.Overshoot);
        Tensor trial = query.Logits(Box(state.Image + shift * PerRow.Scale(lengths.Span, shift)));
        using RowBuffer<double> z = PerRow.Read(trial);
        for (int i = 0; i < open.Length; i++)
        {
            int row = open[i];
            ReadOnlySpan<double> line = z.Span.Slice(i * trial.Shape[1], trial.Shape[1]);
            if (status[row] is not null) continue;
            iterations[row]++;
            if (!Margins.AreFinite(line)) Undefined(row, "the logits after");
            else if (task.IsMet(row, current[row] = Margins.Top(line))) status[row] = ExampleStatus.Reached;
        }
        return new(state.Image, shift);
    }

    /// <summary>
    /// A cotangent for each candidate: f_candidate − f_start to leave a class, f_target − f_current to reach one. The
    /// candidates of an image are chosen once, where it starts.
    /// </summary>
    private Tensor[] Seeds(Tensor logits, int[] open)
    {
        using RowBuffer<double> z = PerRow.Read(logits);
        int classes = logits.Shape[1];
        for (int i = 0; i < open.Length; i++)
        {
            int row = open[i];
            candidates[row] ??= task.Targets is null ? Best(z.Span.Slice(i * classes, classes), task.StartClasses[row]) : [task.Targets[row]];
        }
        return [.. Enumerable.Range(0, candidates[open[0]]!.Length).Select(k =>
            Margins.Seed(logits, Array.ConvertAll(open, row => candidates[row]![k]), Array.ConvertAll(open, Left)))];
    }

    private int[] Best(ReadOnlySpan<double> logits, int start)
    {
        double[] z = logits.ToArray();
        // The order is stable, so of equals the lowest index comes first.
        return [.. Enumerable.Range(0, z.Length).Where(k => k != start).OrderByDescending(k => z[k]).Take(attack.Candidates - 1)];
    }

    /// <summary>The class that a row is leaving.</summary>
    private int Left(int row) => task.Targets is null ? task.StartClasses[row] : current[row];

    /// <summary>
    /// For each row the place of the nearest linearised boundary among the normals [candidates · rows, …], and the factor of its
    /// direction that leads there. Rows that have none, or whose numbers are not finite, end here with a factor of zero.
    /// </summary>
    private int[] Choose(Tensor logits, Tensor normals, int[] open, Span<double> scales)
    {
        using RowBuffer<double> z = PerRow.Read(logits);
        bool isL2 = attack.Norm == PerturbationNorm.L2;
        using RowBuffer<double> lengths = isL2 ? PerRow.L2(normals) : PerRow.Read(normals.Cast(DType.F64).NormL1(PerRow.Axes(normals)));
        int classes = logits.Shape[1];
        int[] chosen = new int[open.Length];
        for (int i = 0; i < open.Length; i++)
        {
            int row = open[i];
            linearizations[row]++;
            ReadOnlySpan<double> line = z.Span.Slice(i * classes, classes);
            if (!Margins.AreFinite(line))
            {
                Undefined(row, "the logits before");
                continue;
            }
            double nearest = double.PositiveInfinity;
            int best = -1;
            for (int k = 0; k < candidates[row]!.Length; k++)
            {
                double length = lengths[k * open.Length + i];
                if (!double.IsFinite(length)) Undefined(row, "a gradient of");
                if (!(length >= Flat)) continue;
                double distance = Math.Abs(line[candidates[row]![k]] - line[Left(row)]) / length;
                if (distance < nearest) (nearest, best) = (distance, k);
            }
            if (status[row] is not null) continue;
            if (best < 0)
            {
                status[row] = ExampleStatus.Flat;
                continue;
            }
            if (linearizations[row] == 1) firstOrder[row] = nearest;
            chosen[i] = best * open.Length + i;
            double normal = lengths[chosen[i]];
            double gap = Math.Abs(line[candidates[row]![best]] - line[Left(row)]);
            gap = Math.Max(gap, SmallestGap * (1 + Largest(line)));
            scales[i] = gap / normal / (isL2 ? normal : 1);
        }
        return chosen;
    }

    /// <summary>Shortens r of the rows that crossed to the first crossing that 40 halvings find, from x, where a row has not crossed, on.</summary>
    private void Bisect(int[] crossed, Tensor images, Tensor found, double[] high)
    {
        double[] low = new double[high.Length];
        bool isSingle = found.Type == DType.F32;
        int[] active = [.. Enumerable.Range(0, high.Length)];
        (Tensor x, Tensor r) = (images, found);
        for (int halving = 0; halving < Halvings; halving++)
        {
            double[] middle = Array.ConvertAll(active, i => (low[i] + high[i]) / 2);
            // Where the type has no number between, nothing is left to ask.
            int[] left = [.. Enumerable.Range(0, active.Length).Where(i => IsBetween(low[active[i]], middle[i], high[active[i]], isSingle))];
            if (left.Length == 0) return;
            if (left.Length < active.Length)
            {
                (active, middle) = (Array.ConvertAll(left, i => active[i]), Array.ConvertAll(left, i => middle[i]));
                (x, r) = (images.TakeIndices(0, active), found.TakeIndices(0, active));
            }
            query.Rows = Array.ConvertAll(active, i => examples[crossed[i]]);
            Arena.Step(
                () =>
                {
                    Tensor logits = query.Logits(Box(x + r * PerRow.Scale(middle, r)));
                    using RowBuffer<double> z = PerRow.Read(logits);
                    for (int i = 0; i < active.Length; i++)
                    {
                        ReadOnlySpan<double> line = z.Span.Slice(i * logits.Shape[1], logits.Shape[1]);
                        bool beyond = Margins.AreFinite(line) && task.IsMet(crossed[active[i]], Margins.Top(line));
                        (beyond ? high : low)[active[i]] = middle[i];
                    }
                    return 0;
                }, _ => []);
            query.Forget();
        }
    }

    private Tensor Box(Tensor x) => attack.Clip ? x.Clamp(query.Classifier.Low, query.Classifier.High) : x;

    private void Undefined(int row, string what)
    {
        status[row] = ExampleStatus.NonFinite;
        notes[row] = $"{what} step {linearizations[row]} are not finite";
    }

    private static bool IsBetween(double low, double middle, double high, bool isSingle) =>
        isSingle ? (float)low < (float)middle && (float)middle < (float)high : low < middle && middle < high;

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    /// <summary>The base with some of its rows replaced.</summary>
    private static Tensor Put(Tensor rows, int[] places, Tensor onto)
    {
        int[] source = [.. Enumerable.Range(0, onto.Shape[0])];
        for (int i = 0; i < places.Length; i++) source[places[i]] = onto.Shape[0] + i;
        return Ops.Concat([onto, rows], 0).TakeIndices(0, source);
    }
}
