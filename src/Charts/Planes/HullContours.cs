using System.Text;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// Filled contours of a piecewise linear function: every small triangle is cut along its level lines, and the pieces
/// of one level form one path. Levels share [0, 1] evenly; values outside fall into the end levels.
/// </summary>
internal sealed class HullContours(int levels)
{
    private readonly StringBuilder?[] paths = new StringBuilder?[levels];

    /// <summary>Adds a triangle; false if a corner has no finite value, so nothing is drawn.</summary>
    public bool Add(HullPoint a, HullPoint b, HullPoint c)
    {
        if (!double.IsFinite(a.Value + b.Value + c.Value)) return false;
        double low = Math.Min(a.Value, Math.Min(b.Value, c.Value));
        double high = Math.Max(a.Value, Math.Max(b.Value, c.Value));
        (int first, int last) = (LevelOf(low), LevelOf(high));
        for (int level = first; level <= last; level++)
        {
            List<HullPoint> piece = [a, b, c];
            if (level > first) piece = Cut(piece, (double)level / levels, keepAbove: true);
            if (level < last) piece = Cut(piece, (level + 1.0) / levels, keepAbove: false);
            if (piece.Count >= 3) Append(level, piece);
        }
        return true;
    }

    /// <summary>One path for each level that occurs, lowest first.</summary>
    public IEnumerable<(int Level, string Path)> Paths()
    {
        for (int level = 0; level < levels; level++)
        {
            if (paths[level] is { } path) yield return (level, path.ToString());
        }
    }

    private int LevelOf(double value) => Math.Clamp((int)Math.Floor(value * levels), 0, levels - 1);

    private static List<HullPoint> Cut(List<HullPoint> piece, double at, bool keepAbove)
    {
        List<HullPoint> kept = new(piece.Count + 1);
        for (int k = 0; k < piece.Count; k++)
        {
            HullPoint here = piece[k];
            HullPoint next = piece[(k + 1) % piece.Count];
            bool isIn = keepAbove ? here.Value >= at : here.Value <= at;
            bool nextIn = keepAbove ? next.Value >= at : next.Value <= at;
            if (isIn) kept.Add(here);
            if (isIn != nextIn) kept.Add(HullPoint.Between(here, next, at));
        }
        return kept;
    }

    private void Append(int level, List<HullPoint> piece)
    {
        StringBuilder path = paths[level] ??= new();
        for (int k = 0; k < piece.Count; k++)
        {
            path.Append(k == 0 ? 'M' : 'L').Append(ReportNumber.CoarseCoordinate(piece[k].X));
            path.Append(' ').Append(ReportNumber.CoarseCoordinate(piece[k].Y));
        }
        path.Append('Z');
    }
}

/// <summary>A drawing position with its value.</summary>
internal readonly record struct HullPoint(double X, double Y, double Value)
{
    /// <summary>The point between two others where the linear value reaches <paramref name="value"/>.</summary>
    public static HullPoint Between(HullPoint a, HullPoint b, double value)
    {
        double t = (value - a.Value) / (b.Value - a.Value);
        return new(a.X + t * (b.X - a.X), a.Y + t * (b.Y - a.Y), value);
    }
}
