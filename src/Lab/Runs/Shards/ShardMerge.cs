using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Formats;

namespace MiniGrad.Lab.Runs;

/// <summary>Makes of finished shards what one unbroken run would have left: its lines in order, and its part files.</summary>
internal static class ShardMerge
{
    /// <summary>
    /// Checks every shard and writes <c>results.jsonl</c> and the parts into the run's folder; one shard after another is in memory.
    /// </summary>
    /// <exception cref="ShardsMissingException">Some are not finished.</exception>
    /// <exception cref="ShardConflictException">Two attempts at one disagree.</exception>
    /// <exception cref="RunFolderException">One is damaged, or of another run.</exception>
    public static void Into(ShardFolder folder, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        CheckAll(folder);
        ExampleRange[] ranges = [.. Enumerable.Range(0, folder.Of).Select(folder.Range)];
        string run = JsonText.Line(folder.Run);
        OutputFile.Guard(folder.Path, () => AtomicFile.Write(Path.Combine(folder.Path, "results.jsonl"), stream =>
        {
            for (int k = 0; k < ranges.Length; k++)
            {
                cancellation.ThrowIfCancellationRequested();
                ShardFile shard = ShardFile.Read(folder.FileOf(ranges[k]));
                if (shard.Range != ranges[k] || shard.Run != run)
                {
                    throw new RunFolderException(shard.Path, 0, "the shard is of another run: "
                        + (RunFolder.Difference(JsonNode.Parse(shard.Run), folder.Run, "") ?? $"it has examples {shard.Range}")
                        + ". Remove the file and run that shard again");
                }
                shard.Verify();
                shard.WriteParts(folder.Path);
                stream.Write(Encoding.UTF8.GetBytes(shard.Lines));
                progress?.Report(k + 1);
            }
        }));
    }

    /// <summary>Throws unless every shard is finished and none is disputed.</summary>
    public static void CheckAll(ShardFolder folder)
    {
        ExampleRange[] ranges = [.. Enumerable.Range(0, folder.Of).Select(folder.Range)];
        int[] disputed = [.. Enumerable.Range(0, ranges.Length).Where(k => folder.IsInConflict(ranges[k]))];
        if (disputed.Length > 0)
        {
            throw new ShardConflictException($"{folder.Path}: two attempts at shard {Listed(disputed, folder.Of)} disagree. "
                + $"Look at the files beside {folder.FileOf(ranges[disputed[0]])} and remove the wrong one.");
        }
        int[] missing = [.. Enumerable.Range(0, ranges.Length).Where(k => !folder.IsFinished(ranges[k]))];
        if (missing.Length > 0)
        {
            throw new ShardsMissingException($"{folder.Path}: {missing.Length} of {folder.Of} shards are missing: "
                + $"{Listed(missing, folder.Of)}. Run them and merge again.");
        }
    }

    private static string Listed(int[] shards, int of) =>
        string.Join(", ", shards.Take(8).Select(k => $"{new Shard(k, of)}")) + (shards.Length > 8 ? $" and {shards.Length - 8} more" : "");
}

/// <summary>Shards that are to be merged are not all there.</summary>
internal sealed class ShardsMissingException(string message) : Exception(message);
