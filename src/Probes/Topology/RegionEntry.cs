namespace MiniGrad.Probes.Topology;

/// <summary>A point that is to be moved into the region of a class.</summary>
/// <param name="Pair">The pair it belongs to.</param>
/// <param name="Point">The point.</param>
/// <param name="Label">The class it is seen as.</param>
/// <param name="Class">The class it is to be seen as.</param>
/// <param name="Push">How far beyond the entry it ends, as a share of the way there.</param>
internal readonly record struct EntryTask(int Pair, double[] Point, int Label, int Class, double Push);

/// <summary>
/// Moves points into regions, all of them together: targeted steps of DeepFool (arXiv:1511.04599) lead to the region, 40 halvings
/// find the entry, and a push leads inward, halved until ten samples of it lie in the region. Without the push a path along a boundary
/// that is concave, as seen from inside, would leave the region again on both sides.
/// </summary>
internal sealed class RegionEntry(RegionView view, Classifier classifier, ClassPaths settings)
{
    /// <summary>How far beyond r the label is looked at, as a share of r.</summary>
    private const double Reach = 1.02;

    /// <summary>A step closes at least this difference of logits, times 1 + the largest of them: a tie would give a step of zero.</summary>
    private const double SmallestGap = 1e-6;

    /// <summary>Gradients shorter than this give no direction.</summary>
    private const double Flat = 1e-12;
    private const int Halvings = 40;
    private const int PushSamples = 10;

    /// <summary>Where each point ends; none where no step leads into the region.</summary>
    public double[]?[] Enter(IReadOnlyList<EntryTask> tasks)
    {
        double[][] shifts = [.. tasks.Select(_ => new double[view.Size])];
        int[] labels = [.. tasks.Select(task => task.Label)];
        int[] outside = [.. Enumerable.Range(0, tasks.Count).Where(k => labels[k] != tasks[k].Class)];
        double[] shares = Search(tasks, shifts, labels, outside);
        int[] crossed = [.. outside.Where(k => labels[k] == tasks[k].Class)];
        Bisect(tasks, shifts, crossed, shares);
        Push(tasks, shifts, crossed, shares);
        return [.. tasks.Select((task, k) => labels[k] == task.Class ? Moved(task.Point, shifts[k], shares[k]) : null)];
    }

    /// <summary>
    /// Linearises at z + r, adds the step to the boundary of the region, and looks whether z + 1.02 r is inside. Where z + r is, and
    /// 1.02 r leads on into a third region, the search has arrived too: it would make no more way. Returns the share of r that is
    /// inside, 0 for points that were there before.
    /// </summary>
    private double[] Search(IReadOnlyList<EntryTask> tasks, double[][] shifts, int[] labels, int[] open)
    {
        double[] reached = new double[tasks.Count];
        for (int iteration = 0; iteration < settings.Iterations && open.Length > 0; iteration++)
        {
            bool[] stays = new bool[open.Length];
            int[] rows = open;
            view.Slopes(rows.Length, q => tasks[rows[q]].Pair, (q, point) => Write(tasks[rows[q]].Point, shifts[rows[q]], 1, point),
                (q, logits) =>
                {
                    // Of the class beyond, which the target beats here, nothing is left to gain.
                    if (!(logits[labels[rows[q]]] > logits[tasks[rows[q]].Class])) labels[rows[q]] = Logits.Top(logits);
                    return (tasks[rows[q]].Class, labels[rows[q]]);
                },
                (q, logits, slope) => stays[q] = !Step(logits, slope, tasks[rows[q]].Class, labels[rows[q]], shifts[rows[q]]),
                "a step into the region");
            foreach (int k in rows.Where(k => labels[k] == tasks[k].Class)) reached[k] = 1;
            int[] stepped = [.. rows.Where((_, q) => !stays[q])];
            view.Look(stepped.Length, q => tasks[stepped[q]].Pair,
                (q, point) => Write(tasks[stepped[q]].Point, shifts[stepped[q]], Reach, point),
                (q, logits) => labels[stepped[q]] = Logits.Top(logits), "a step into the region");
            foreach (int k in stepped.Where(k => labels[k] == tasks[k].Class)) reached[k] = Reach;
            open = [.. stepped.Where(k => labels[k] != tasks[k].Class)];
        }
        return reached;
    }

    /// <summary>Adds a step; returns whether there is a direction for it, which there is none where the class is the target.</summary>
    private static bool Step(ReadOnlySpan<double> logits, ReadOnlySpan<double> slope, int target, int current, double[] shift)
    {
        double square = 0;
        foreach (double w in slope) square += w * w;
        if (!(Math.Sqrt(square) >= Flat)) return false;
        double largest = 0;
        foreach (double z in logits) largest = Math.Max(largest, Math.Abs(z));
        double scale = Math.Max(logits[current] - logits[target], SmallestGap * (1 + largest)) / square;
        for (int i = 0; i < shift.Length; i++) shift[i] += scale * slope[i];
        return true;
    }

    /// <summary>Lowers shares that lie inside to where the region is entered: the far ends of the last brackets.</summary>
    private void Bisect(IReadOnlyList<EntryTask> tasks, double[][] shifts, int[] crossed, double[] shares)
    {
        double[] low = new double[shares.Length];
        int[] open = crossed;
        for (int halving = 0; halving < Halvings && open.Length > 0; halving++)
        {
            open = [.. open.Where(k => IsBetween(low[k], shares[k]))];
            int[] rows = open;
            double[] middle = Array.ConvertAll(rows, k => (low[k] + shares[k]) / 2);
            view.Look(rows.Length, q => tasks[rows[q]].Pair,
                (q, point) => Write(tasks[rows[q]].Point, shifts[rows[q]], middle[q], point),
                (q, logits) => (Logits.Top(logits) == tasks[rows[q]].Class ? shares : low)[rows[q]] = middle[q],
                "a halving of the way into the region");
        }
    }

    /// <summary>Whether the type of the images has a number between: halving further would look at the same points again.</summary>
    private bool IsBetween(double low, double high)
    {
        double middle = (low + high) / 2;
        return view.IsSingle ? (float)low < (float)middle && (float)middle < (float)high : low < middle && middle < high;
    }

    /// <summary>Adds the push to each share, halved until its samples lie in the region; the entry itself does.</summary>
    private void Push(IReadOnlyList<EntryTask> tasks, double[][] shifts, int[] crossed, double[] shares)
    {
        double[] push = [.. tasks.Select(task => task.Push)];
        int[] open = crossed;
        for (int halving = 0; halving < Halvings && open.Length > 0; halving++)
        {
            int[] rows = open;
            bool[] left = new bool[rows.Length];
            view.Look(rows.Length * PushSamples, q => tasks[rows[q / PushSamples]].Pair,
                (q, point) =>
                {
                    int k = rows[q / PushSamples];
                    Write(tasks[k].Point, shifts[k], shares[k] + push[k] * ((q % PushSamples + 1) / (double)PushSamples), point);
                },
                (q, logits) => left[q / PushSamples] |= Logits.Top(logits) != tasks[rows[q / PushSamples]].Class, "a push inward");
            open = [.. rows.Where((_, q) => left[q])];
            foreach (int k in open) push[k] /= 2;
        }
        foreach (int k in crossed.Except(open)) shares[k] += push[k];
    }

    private double[] Moved(double[] point, double[] shift, double share)
    {
        double[] moved = new double[point.Length];
        Write(point, shift, share, moved);
        return moved;
    }

    private void Write(double[] point, double[] shift, double share, Span<double> moved)
    {
        for (int i = 0; i < moved.Length; i++) moved[i] = point[i] + share * shift[i];
        if (!settings.Clip) return;
        foreach (ref double pixel in moved) pixel = Math.Clamp(pixel, classifier.Low, classifier.High);
    }
}
