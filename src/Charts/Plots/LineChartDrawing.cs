using System.Text;
using MiniGrad.Charts.Tables;

namespace MiniGrad.Charts.Plots;

/// <summary>The SVG part of a <see cref="LineChart"/>: faint lines, references, then the strong lines.</summary>
internal sealed class LineChartDrawing(LineChart chart, LegendEntry[] legend)
{
    private const int DotsALine = 60;

    private readonly PlotFrame frame = PlotFrame.Over(
        chart.XAxis, chart.Series.SelectMany(line => line.X),
        chart.YAxis, chart.Series.SelectMany(line => line.Y).Concat(PlotReferences.Values(chart.References)));

    /// <summary>Points left out because an axis cannot show them; known after <see cref="Write"/>.</summary>
    public int Unshown { get; private set; }

    /// <inheritdoc/>
    public void Write(Html html)
    {
        PlotReferences references = new(frame, chart.References, identity: chart.Identity);
        frame.Open(html, Description());
        references.WriteBands(html);
        frame.WriteAxes(html);
        frame.OpenClip(html);
        foreach (LineSeries line in chart.Series) if (line.IsFaint) WriteLine(html, line, "line faint");
        references.WriteLines(html);
        int strong = 0;
        foreach (LineSeries line in chart.Series) if (!line.IsFaint) WriteLine(html, line, SeriesStyle.Of("line", strong++));
        html.Close();
        references.WriteLabels(html);
        html.Close();
    }

    private void WriteLine(Html html, LineSeries line, string style)
    {
        StringBuilder path = new();
        bool pen = false;
        for (int k = 0; k < line.X.Count; k++)
        {
            if (CanShow(line, k))
                path.Append(pen ? 'L' : 'M').Append(Svg.Text(X(line, k))).Append(' ').Append(Svg.Text(Y(line, k)));
            else
                Unshown++;
            pen = CanShow(line, k);
        }
        html.Open("g", ("class", style));
        if (path.Length > 0) html.Open("path", ("d", path.ToString())).Element("title", line.Hover).Close();
        if (!line.IsFaint) WriteDots(html, line);
        html.Close().Line();
    }

    // Dots carry the hover values; long lines get every n-th one, their last point always.
    private void WriteDots(Html html, LineSeries line)
    {
        int stride = Math.Max(1, (line.X.Count + DotsALine - 1) / DotsALine);
        string style = line.X.Count <= 24 ? "dot" : "dot quiet";
        for (int k = 0; k < line.X.Count; k++)
        {
            bool due = k % stride == 0 || k == line.X.Count - 1;
            if (!due || !CanShow(line, k)) continue;
            string hover = $"{line.Name}: {ReportNumber.Short(line.Y[k])} at {ReportNumber.Short(line.X[k])}";
            Svg.Dot(html, style, X(line, k), Y(line, k), "4", hover);
        }
    }

    private double X(LineSeries line, int k) => frame.X.At(line.X[k]);

    private double Y(LineSeries line, int k) => frame.Y.At(line.Y[k]);

    private bool CanShow(LineSeries line, int k) => frame.CanShow(line.X[k], line.Y[k]);

    private string Description()
    {
        string names = string.Join(", ", legend.Select(entry => entry.Text));
        return $"Line chart of {chart.YAxis.Title} over {chart.XAxis.Title}: {names}";
    }
}
