namespace MiniGrad.Probes.Topology;

/// <summary>A pair on the way to its path.</summary>
internal sealed class Walk(int pair, double[] start, double[] end)
{
    public int Pair => pair;

    public double[] Start => start;

    public double[] End => end;

    /// <summary>The class of the region; −1 before it is looked at.</summary>
    public int Class { get; set; } = -1;

    /// <summary>How it ended; none while it goes on.</summary>
    public PathStatus? Status { get; set; }

    /// <summary>Which of the pushes is tried.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether a path was found, and gaps that only denser samples show are being closed.</summary>
    public bool IsRefining { get; private set; }

    public int Refined { get; private set; }

    public int Deepest { get; private set; }

    public double ChordPurity { get; set; } = double.NaN;

    /// <summary>The lowest margin at the ends, and at the anchors of a path that was found.</summary>
    public double PointMargin { get; set; } = double.PositiveInfinity;

    /// <summary>The straight line.</summary>
    public Piece Chord { get; private set; } = null!;

    /// <summary>Pieces that leave the region.</summary>
    public List<Piece> Open { get; } = [];

    /// <summary>Pieces that do not.</summary>
    public List<Piece> Done { get; } = [];

    /// <summary>The lowest margin of the path that was found.</summary>
    public double LowestMargin => Math.Min(PointMargin, Done.Min(piece => piece.LowestMargin));

    public void Begin(int label)
    {
        Class = label;
        Chord = new(this, start, end, 0, 0, Attempt);
    }

    /// <summary>Puts a piece where it belongs.</summary>
    public void Take(Piece piece, bool isPure)
    {
        (isPure ? Done : Open).Add(piece);
        Deepest = Math.Max(Deepest, piece.Level);
    }

    /// <summary>A piece that seemed to stay inside does not.</summary>
    public void Reopen(Piece piece)
    {
        Done.Remove(piece);
        Open.Add(piece);
        IsRefining = true;
        Refined++;
    }

    /// <summary>Takes out the deepest open pieces, of equals the first on the way.</summary>
    public Piece[] Next(int count)
    {
        Piece[] next = [.. Open.OrderByDescending(piece => piece.Level).ThenBy(piece => piece.Place).Take(count)];
        foreach (Piece piece in next) Open.Remove(piece);
        return next;
    }

    /// <summary>Begins again with the next push; fails where there is none.</summary>
    public void FailForDepth(int pushes)
    {
        if (Attempt + 1 == pushes)
        {
            Fail(PathStatus.Depth);
            return;
        }
        Attempt++;
        (IsRefining, Refined, Deepest) = (false, 0, 0);
        Open.Clear();
        Done.Clear();
        Chord = new(this, start, end, 0, 0, Attempt);
        Open.Add(Chord);
    }

    public void Fail(PathStatus status) => Status = IsRefining ? PathStatus.Recheck : status;

    /// <summary>The ends, and the anchors of a path that was found.</summary>
    public double[][] Points() => [start, .. Status == PathStatus.Found ? Anchors() : [], end];

    /// <summary>The points between the ends of a path that is whole.</summary>
    public double[][] Anchors() => [.. Done.OrderBy(piece => piece.Place).SkipLast(1).Select(piece => piece.To)];
}

/// <summary>A piece of a path: a straight line from one of its points to the next.</summary>
/// <param name="walk">The pair.</param>
/// <param name="from">Its first point.</param>
/// <param name="to">Its last point.</param>
/// <param name="place">Where it lies on the way from 0 to 1.</param>
/// <param name="level">How often the straight line was split for it.</param>
/// <param name="attempt">The push with which it was made.</param>
internal sealed class Piece(Walk walk, double[] from, double[] to, double place, int level, int attempt)
{
    public Walk Walk => walk;

    public double[] To => to;

    public double Place => place;

    public int Level => level;

    public int Attempt => attempt;

    /// <summary>Samples in the region when it was last looked at.</summary>
    public int Inside { get; set; }

    /// <summary>The lowest margin of these.</summary>
    public double LowestMargin { get; set; }

    /// <summary>Whether it was looked at with the samples of a path that was found.</summary>
    public bool IsVerified { get; set; }

    public void Write(double t, Span<double> point)
    {
        for (int i = 0; i < point.Length; i++) point[i] = (1 - t) * from[i] + t * to[i];
    }

    public double[] At(double t)
    {
        double[] point = new double[from.Length];
        Write(t, point);
        return point;
    }

    public Piece[] Halves(double[] middle) =>
    [
        new(walk, from, middle, place, level + 1, attempt),
        new(walk, middle, to, place + Math.ScaleB(1, -level - 1), level + 1, attempt),
    ];
}
