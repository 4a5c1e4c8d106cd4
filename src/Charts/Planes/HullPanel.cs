using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Planes;

/// <summary>
/// One triangle of a <see cref="TriangleHullFigure"/>: Values[i][j] is the source class confidence at weights
/// ((N - i - j)/N, i/N, j/N) of (Source, First, Second), for i = 0 … N and j = 0 … N - i.
/// </summary>
internal sealed record HullPanel(
    string Title, HullVertex Source, HullVertex First, HullVertex Second, TriangleShape Shape,
    IReadOnlyList<IReadOnlyList<double>> Values)
{
    internal int Intervals => Values.Count - 1;

    internal void Check()
    {
        if (Intervals < 1)
            Throw.Argument($"triangle hull: \"{Title}\" has {Values.Count} rows of values. Give at least 2.");
        for (int i = 0; i < Values.Count; i++)
        {
            int row = Values[i].Count;
            if (row != Values.Count - i)
                Throw.Argument($"triangle hull: \"{Title}\" row {i} has {row} values, not {Values.Count - i}.");
        }
    }
}

/// <summary>A corner of a triangle: its label and thumbnail.</summary>
internal sealed record HullVertex(string Name, PixelImage Image);
