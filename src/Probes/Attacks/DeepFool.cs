using MiniGrad.Probes.Directions;

namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The distance to the decision boundary by linearising it again and again. Moosavi-Dezfooli et al., arXiv:1511.04599; as in
/// the paper, the network is linearised at x + r, crossing is tested at x + (1 + overshoot) r, and the overshoot never
/// enters r. A final bisection makes the result independent of it.
/// </summary>
/// <param name="Norm">The norm that is kept small.</param>
/// <param name="Iterations">Most linearisations of an image; one that has not crossed by then is a failure.</param>
/// <param name="Overshoot">How far beyond r crossing is tested, as a share of r.</param>
/// <param name="Candidates">Classes that are considered, the predicted one included: those of the highest logits of the
/// image. At least as many as there are means all.</param>
/// <param name="Clip">Clips every point into the pixel box, so that labels, gradients and norms are those of images.
/// Otherwise the space is R^d.</param>
/// <param name="Refine">Bisects for the first crossing on the way to the end, which then lies on the boundary; else the end
/// is x + (1 + overshoot) r.</param>
public sealed record DeepFool(
    PerturbationNorm Norm = PerturbationNorm.L2, int Iterations = 50,
    double Overshoot = 0.02, int Candidates = 10, bool Clip = false, bool Refine = true)
    : MinimalAttack<DeepFool.State>(Norm, Clip)
{
    /// <summary>Gradients shorter than this give no direction.</summary>
    private const double Flat = 1e-12;

    /// <summary>A step closes at least this difference of logits, times 1 + the largest of them: a tie would give a step of zero.</summary>
    private const double SmallestGap = 1e-6;

    /// <summary>r of each row, the class it was last seen in, and the classes that it may go to, chosen at its first step.</summary>
    public readonly record struct State(Tensor Point, int[] Current, int[]?[] Candidates) : IRowState<State>
    {
        /// <inheritdoc/>
        public IEnumerable<Tensor> Tensors => [Point];

        /// <inheritdoc/>
        public State Take(int[] rows)
        {
            (int[] current, int[]?[] candidates) = (Current, Candidates);
            return new(Point.TakeIndices(0, rows), Array.ConvertAll(rows, row => current[row]),
                Array.ConvertAll(rows, row => candidates[row]));
        }
    }

    /// <inheritdoc/>
    public override int Iterations { get; init; } = Iterations;

    /// <summary>The subspace that a row of these random numbers is kept in, by projecting every normal on it; all of R^d if none.</summary>
    internal Func<Rng, Subspace>? Onto { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        if (!Enum.IsDefined(Norm)) Throw.Argument($"deepfool: the norm {Norm} is not known. Use L2 or Linf.");
        if (Iterations < 1) Throw.Range($"deepfool: {Iterations} iterations; at least 1 is needed.");
        if (!(Overshoot >= 0 && double.IsFinite(Overshoot))) Throw.Range($"deepfool: overshoot {Overshoot} must be finite and at least 0.");
        if (Candidates < 2) Throw.Range($"deepfool: {Candidates} candidates; at least 2 are needed, the predicted class and another.");
        if (Onto is not null && Norm != PerturbationNorm.L2)
        {
            Throw.Argument($"deepfool: a step of the norm {Norm} leaves the subspace that it is to stay in. Use L2.");
        }
    }

    /// <inheritdoc/>
    protected override State Start(SearchRows rows) =>
        new(Ops.Zeros(rows.Images.Shape, rows.Images.Type, rows.Images.Device), rows.StartClasses, new int[rows.Count][]);

    /// <summary>
    /// Linearises at x + r, adds the shortest step to a linearised boundary, and looks
    /// whether x + (1 + overshoot) r has crossed.
    /// </summary>
    protected override State Step(SearchRows rows, State state)
    {
        int[]?[] candidates = state.Candidates;
        // To leave a class, f_candidate − f_start; to reach one, f_target − f_current.
        int[] left = rows.Goal.IsTargeted ? state.Current : rows.StartClasses;
        (Tensor logits, Tensor[] gradients) = rows.Query.Pull(Image(rows.Classifier, rows.Images, state.Point), values =>
        {
            candidates = ChosenOnce(candidates, rows, values);
            return [.. Enumerable.Range(0, candidates[0]!.Length)
                .Select(k => Logits.MarginCotangent(values, Array.ConvertAll(candidates, c => c![k]), left))];
        });
        Tensor normals = gradients.Length == 1 ? gradients[0] : Ops.Concat(gradients, 0);
        if (Onto is not null) normals = Projected(rows, normals);
        using RowBuffer<double> scales = new(rows.Count);
        int[] nearest = Nearest(rows, logits, normals, candidates!, left, scales.Span);
        Tensor normal = gradients.Length == 1 ? normals : normals.TakeIndices(0, nearest);
        Tensor direction = Norm == PerturbationNorm.L2 ? normal : normal.Sign();
        Tensor shift = state.Point + direction * Rows.Scale(scales.Span, direction);
        return new(shift, Crossed(rows, state.Current, rows.Query.Logits(Image(rows.Classifier, rows.Images, Longer(shift)))), candidates);
    }

    /// <inheritdoc/>
    protected override Tensor Shorten(SearchRows rows, Tensor shifts)
    {
        double[] lengths = [.. Enumerable.Repeat(1 + Overshoot, rows.Count)];
        if (Refine) Boundary.Bisection.OnRays(rows, shifts, lengths, (x, r) => Image(rows.Classifier, x, r));
        return shifts * Rows.Scale(lengths, shifts);
    }

    private Tensor Longer(Tensor shift)
    {
        using RowBuffer<double> lengths = new(shift.Shape[0]);
        lengths.Span.Fill(1 + Overshoot);
        return shift * Rows.Scale(lengths.Span, shift);
    }

    /// <summary>The normals [candidates · rows, …], each projected on its row's subspace.</summary>
    private Tensor Projected(SearchRows rows, Tensor normals)
    {
        using RowBuffer<double> numbers = Rows.Read(normals);
        Subspace[] subspaces = Array.ConvertAll(rows.Rngs, rng => Onto!(rng));
        int size = numbers.Count / normals.Shape[0];
        for (int k = 0; k < normals.Shape[0]; k++) subspaces[k % rows.Count].Project(numbers.Span.Slice(k * size, size));
        return Tensor.From((ReadOnlySpan<double>)numbers.Span, normals.Shape, normals.Device).Cast(normals.Type);
    }

    /// <summary>The classes that each row may go to: those of the highest logits where it starts, or the one it is to reach.</summary>
    private int[]?[] ChosenOnce(int[]?[] candidates, SearchRows rows, Tensor logits)
    {
        if (Array.TrueForAll(candidates, c => c is not null)) return candidates;
        if (rows.Goal.IsTargeted) return Array.ConvertAll(rows.Goal.Classes, target => new[] { target });
        using RowBuffer<double> z = Rows.Read(logits);
        int classes = logits.Shape[1];
        int[][] chosen = new int[rows.Count][];
        for (int i = 0; i < chosen.Length; i++)
        {
            double[] line = z.Span.Slice(i * classes, classes).ToArray();
            int start = rows.StartClasses[i];
            // The order is stable, so of equals the lowest index comes first.
            chosen[i] = [.. Enumerable.Range(0, classes).Where(k => k != start).OrderByDescending(k => line[k]).Take(Candidates - 1)];
        }
        return chosen;
    }

    /// <summary>
    /// For each row the place of the nearest linearised boundary among the normals [candidates · rows, …], and the factor of its
    /// direction that leads there. Rows that have none, or whose numbers are not finite, end here with a factor of zero.
    /// </summary>
    private int[] Nearest(SearchRows rows, Tensor logits, Tensor normals, int[][] candidates, int[] left, Span<double> scales)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        bool isL2 = Norm == PerturbationNorm.L2;
        using RowBuffer<double> lengths = isL2 ? Rows.L2(normals) : Rows.L1(normals);
        int classes = logits.Shape[1];
        int[] chosen = new int[rows.Count];
        for (int i = 0; i < chosen.Length; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * classes, classes);
            (int best, double distance) = (-1, double.PositiveInfinity);
            bool isFinite = Logits.AreFinite(line);
            for (int k = 0; isFinite && k < candidates[i].Length; k++)
            {
                double length = lengths[k * rows.Count + i];
                isFinite = double.IsFinite(length);
                if (!(length >= Flat)) continue;
                double there = Math.Abs(line[candidates[i][k]] - line[left[i]]) / length;
                if (there < distance) (distance, best) = (there, k);
            }
            rows.Linearized(i, isFinite && best >= 0 ? distance : double.NaN);
            if (!isFinite)
            {
                rows.End(i, ExampleStatus.NonFinite,
                    Undefined(rows, i, Logits.AreFinite(line) ? "a gradient of" : "the logits before"), wasMade: false);
            }
            else if (best < 0) rows.End(i, ExampleStatus.Flat, wasMade: false);
            else
            {
                chosen[i] = best * rows.Count + i;
                double normal = lengths[chosen[i]];
                double gap = Math.Max(Math.Abs(line[candidates[i][best]] - line[left[i]]), SmallestGap * (1 + Largest(line)));
                scales[i] = gap / normal / (isL2 ? normal : 1);
            }
        }
        return chosen;
    }

    /// <summary>Ends the rows that have crossed; the class that each is in now.</summary>
    private static int[] Crossed(SearchRows rows, int[] before, Tensor logits)
    {
        using RowBuffer<double> z = Rows.Read(logits);
        int[] current = [.. before];
        for (int i = 0; i < current.Length; i++)
        {
            ReadOnlySpan<double> line = z.Span.Slice(i * logits.Shape[1], logits.Shape[1]);
            if (rows.HasEnded(i)) continue;
            if (!Logits.AreFinite(line)) rows.End(i, ExampleStatus.NonFinite, Undefined(rows, i, "the logits after"));
            else if (rows.Goal.IsMet(i, current[i] = Logits.Top(line))) rows.End(i, ExampleStatus.Reached);
        }
        return current;
    }

    private static string Undefined(SearchRows rows, int row, string what) => $"{what} step {rows.Linearizations(row)} are not finite";

    private static double Largest(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }
}
