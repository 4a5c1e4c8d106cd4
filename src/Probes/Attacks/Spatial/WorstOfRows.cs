namespace MiniGrad.Probes.Attacks;

/// <summary>
/// The worst point of each row so far: one that meets the goal before one that does not, then the higher loss. By loss alone, as some
/// public code has it, a confident right answer may hide a wrong one of lower loss. A point of undefined loss counts as worst, so that
/// the row is reported as such.
/// </summary>
public sealed class WorstOfRows
{
    private readonly double[] losses;
    private readonly bool[] areMet;

    private WorstOfRows(Tensor points, Tensor logits, double[] losses, bool[] areMet) =>
        (Points, Logits, this.losses, this.areMet) = (points, logits, losses, areMet);

    /// <summary>The points, one for each row.</summary>
    public Tensor Points { get; }

    /// <summary>Their logits [rows, classes].</summary>
    public Tensor Logits { get; }

    internal int Count => losses.Length;

    /// <summary>Points at which nobody has looked: any other is worse.</summary>
    internal static WorstOfRows None(SearchRows rows, Tensor points) => new(
        points, Ops.Zeros([rows.Count, rows.Classifier.ClassCount], rows.Images.Type, rows.Images.Device),
        [.. Enumerable.Repeat(double.NegativeInfinity, rows.Count)], new bool[rows.Count]);

    /// <summary>Whether a row's worst point meets the goal.</summary>
    internal bool IsMet(int row) => areMet[row];

    /// <summary>The worse of what is known and what was looked at.</summary>
    /// <param name="looked">Points of rows.</param>
    /// <param name="owners">The row of each.</param>
    /// <param name="first">Whether the first that meets the goal is taken, and none behind it looked at.</param>
    /// <param name="passes">How many points of each row were looked at.</param>
    internal WorstOfRows With(Looked looked, int[] owners, bool first, out int[] passes)
    {
        (int[] taken, passes) = (new int[Count], new int[Count]);
        (double[] worst, bool[] met) = ((double[])losses.Clone(), (bool[])areMet.Clone());
        bool[] isNew = new bool[Count];
        for (int k = 0; k < owners.Length; k++)
        {
            int row = owners[k];
            if (first && met[row]) continue;
            passes[row]++;
            bool isWorse = !double.IsNaN(worst[row]) && (double.IsNaN(looked.Losses[k]) || (looked.AreMet[k] == met[row]
                ? looked.Losses[k] > worst[row]
                : looked.AreMet[k]));
            if (isWorse) (taken[row], isNew[row], worst[row], met[row]) = (k, true, looked.Losses[k], looked.AreMet[k]);
        }
        return new(Rows.Choose(isNew, looked.Points.TakeIndices(0, taken), Points),
            Rows.Choose(isNew, looked.Logits.TakeIndices(0, taken), Logits), worst, met);
    }

    /// <summary>Those of some of the rows.</summary>
    internal WorstOfRows Take(int[] rows) => new(Points.TakeIndices(0, rows), Logits.TakeIndices(0, rows),
        Array.ConvertAll(rows, row => losses[row]), Array.ConvertAll(rows, row => areMet[row]));
}

/// <summary>Points of rows with what the classifier said of them.</summary>
internal sealed class Looked
{
    /// <param name="rows">The rows of the search.</param>
    /// <param name="points">Points of them.</param>
    /// <param name="logits">Their logits.</param>
    /// <param name="owners">The row of each point.</param>
    public Looked(SearchRows rows, Tensor points, Tensor logits, int[] owners)
    {
        (Points, Logits) = (points, logits.Detach());
        Goal goal = rows.Goal.Take(owners);
        using RowBuffer<double> predicted = Rows.Read(Logits.ArgMax(1));
        using RowBuffer<double> loss = Rows.Read(rows.LossOf(Logits, goal));
        Losses = new double[owners.Length];
        AreMet = new bool[owners.Length];
        for (int k = 0; k < owners.Length; k++)
        {
            // A point without a finite loss ends its row, whatever its sign.
            Losses[k] = double.IsFinite(loss[k]) ? loss[k] : double.NaN;
            AreMet[k] = double.IsFinite(loss[k]) && goal.IsMet(k, (int)predicted[k]);
        }
    }

    public Tensor Points { get; }

    public Tensor Logits { get; }

    public double[] Losses { get; }

    public bool[] AreMet { get; }
}
