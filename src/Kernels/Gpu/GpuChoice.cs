using System.Globalization;
using System.Text;

namespace MiniGrad.Kernels.Gpu;

/// <summary>
/// Which of several GPUs, or drivers of one, was the fastest: kept beside the verdicts, so that a run and its continuation
/// take the same.
/// </summary>
internal static class GpuChoice
{
    /// <summary>The number that was kept for these devices with these drivers.</summary>
    public static int? Find(int[] candidates)
    {
        try
        {
            string path = PathOf(candidates);
            return candidates.Length > 1
                && File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                && candidates.Contains(index) ? index : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Keep(int[] candidates, int index) =>
        ProgramCache.WriteWhole(PathOf(candidates), Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture)));

    private static string PathOf(int[] candidates)
    {
        IEnumerable<string> facts = candidates.Select(i => $"{i} {GpuDevices.All[i].Identity}");
        string key = $"{typeof(GpuChoice).Module.ModuleVersionId}\n{string.Join('\n', facts)}";
        return Path.Combine(ProgramCache.Folder, $"fastest-{ProgramCache.Hash(key)}.txt");
    }
}
