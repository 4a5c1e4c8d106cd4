using MiniGrad.Tests.Formats;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>A study that is stopped keeps its parts and goes on to the page of one that was not.</summary>
internal static class StoppedStudy
{
    /// <summary>Runs a study whole, then stops it once it has written some files and lets it go on; returns the page.</summary>
    /// <param name="folder">Where its folders are made.</param>
    /// <param name="after">Files after which it is stopped.</param>
    /// <param name="page">Runs the study in a folder, and returns its page.</param>
    public static string GoesOn(ScratchFolder folder, int after, Func<string, CancellationToken, string> page)
    {
        string whole = page(Directory.CreateDirectory(folder["whole"]).FullName, CancellationToken.None);
        string stopped = Directory.CreateDirectory(folder["stopped"]).FullName;
        using CancellationTokenSource stop = new();
        int parts = 0;
        using (FileSystemWatcher watcher = new(stopped) { IncludeSubdirectories = true, EnableRaisingEvents = true })
        {
            watcher.Renamed += (_, _) =>
            {
                if (++parts == after) stop.Cancel();
            };
            Assert.ThrowsAny<OperationCanceledException>(() => page(stopped, stop.Token));
        }
        Assert.InRange(Parts(stopped), 1, Parts(folder["whole"]) - 1);
        Assert.Equal(whole, page(stopped, CancellationToken.None));
        return whole;
    }

    private static int Parts(string path) => Directory.GetFiles(path, "*.json", SearchOption.AllDirectories).Length;
}
