using System.Diagnostics;

namespace MiniGrad.Lab;

/// <summary>Shows how far a command is: on a terminal one line, redrawn; elsewhere a line every few seconds.</summary>
internal sealed class ProgressLine(Session session)
{
    /// <summary>Five times a second is as fast as anyone reads.</summary>
    private const double RedrawSeconds = 0.2;

    private const double LogSeconds = 3;

    private readonly Stopwatch since = Stopwatch.StartNew();
    private bool shown;
    private int width;

    /// <summary>Shows the line if it is time; the text is made only then.</summary>
    public void Show(Func<string> text)
    {
        double wait = session.IsTerminal ? shown ? RedrawSeconds : 0 : LogSeconds;
        if (since.Elapsed.TotalSeconds < wait) return;
        since.Restart();
        shown = true;
        string line = text();
        if (!session.IsTerminal)
        {
            session.Error.WriteLine(line);
            return;
        }
        session.Error.Write($"\r{line.PadRight(width)}");
        session.Error.Flush();
        width = line.Length;
    }

    /// <summary>Leaves the last state of a redrawn line behind, so that what follows starts on its own line.</summary>
    public void End()
    {
        if (shown && session.IsTerminal) session.Error.WriteLine();
        shown = false;
        width = 0;
    }

    /// <summary>A duration in its two largest units.</summary>
    public static string Duration(TimeSpan time) =>
        time.TotalSeconds < 0 || time.TotalDays > 99 ? "?"
        : time.TotalDays >= 1 ? $"{(int)time.TotalDays} d {time.Hours} h"
        : time.TotalHours >= 1 ? $"{time.Hours} h {time.Minutes} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds} s"
        : $"{(int)Math.Ceiling(time.TotalSeconds)} s";
}
