using System.Buffers.Binary;
using MiniGrad.Fuzz;
using MiniGrad.Lab;
using Xunit;

namespace MiniGrad.Tests.Fuzz;

/// <summary>Toy readers with one mistake each, which the fuzzer must find; and one without, on which it must find none.</summary>
public sealed class PlantedBugTests : IDisposable
{
    private const int Inputs = 1500;

    /// <summary>A magic number, a little-endian 32-bit count, that many bytes.</summary>
    private static readonly byte[] Valid = [(byte)'T', (byte)'O', (byte)'Y', 5, 0, 0, 0, 1, 2, 3, 4, 5];

    private readonly string folder = Directory.CreateTempSubdirectory("minigrad-planted-").FullName;

    private string Findings => Path.Combine(folder, "findings");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_sound_reader_has_no_findings()
    {
        using FuzzRun run = Run((path, bytes) => Body(path, bytes).ToArray());
        Assert.Empty(run.Tally.Findings);
        Assert.Equal(Inputs, run.Tally.Inputs);
        Assert.InRange(run.Tally.Refused, Inputs / 2, Inputs - 1);
        Assert.True(run.Tally.Reasons >= 3);
        Assert.False(Directory.Exists(Findings));
    }

    [Fact]
    public void An_unchecked_length_is_found_and_repeated()
    {
        using FuzzRun run = Run((path, bytes) => Start(path, bytes).Slice(4, Count(bytes)).ToArray());
        FuzzFinding found = Assert.Single(run.Tally.Findings);
        Assert.Contains("ArgumentOutOfRangeException", found.Problem, StringComparison.Ordinal);
        Assert.Equal($"minigrad fuzz --target toy --seed 7 --case {found.Number}", found.Command);
        Assert.True(found.Times > 10, $"{found.Times} times");
        byte[] input = run.Input(found.Number);
        Assert.Equal(input, File.ReadAllBytes(found.File));
        Assert.NotEqual(5, Count(input));

        using FuzzRun again = Run((path, bytes) => Start(path, bytes).Slice(4, Count(bytes)).ToArray(), inputs: 0);
        again.Repeat(found.Number);
        Assert.Equal(found, Assert.Single(again.Tally.Findings) with { Times = found.Times });
    }

    [Fact]
    public void A_length_that_is_believed_before_it_is_checked_is_found()
    {
        using FuzzRun run = Run((path, bytes) =>
        {
            byte[] body = GC.AllocateUninitializedArray<byte>(Count(bytes) & 0x0FFF_FFFF);
            Body(path, bytes).CopyTo(body);
        }, inputs: 60);
        Assert.Contains(run.Tally.Findings, found => found.Problem.StartsWith("allocated ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_count_that_is_worked_off_before_it_is_checked_is_found()
    {
        int slow = -1;
        FuzzTarget target = Target((path, bytes) =>
        {
            // One such input is enough: each is read three times, lest a busy computer be blamed on the reader.
            if (slow < 0 && Count(bytes) > 1000) slow = Count(bytes);
            if (Count(bytes) == slow) Thread.Sleep(300);
        }) with
        { MostSeconds = 0.25 };
        using FuzzRun run = new(target, 7, folder, Findings);
        run.Run(100);
        Assert.Contains(run.Tally.Findings,
            found => found.Problem.StartsWith("took 0.", StringComparison.Ordinal) && Count(run.Input(found.Number)) == slow);
    }

    [Theory]
    [InlineData("two\nlines", "control character")]
    [InlineData("", "does not start with the path")]
    public void A_refusal_in_wrong_words_is_found(string words, string problem)
    {
        using FuzzRun run = Run((path, bytes) =>
        {
            if (Count(bytes) > 1000) throw new ToyException(words.Length == 0 ? "elsewhere" : path, 0, words);
        });
        Assert.Contains(problem, Assert.Single(run.Tally.Findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_valid_file_that_is_refused_is_no_start()
    {
        FuzzTarget target = new("toy", () => [Valid], path => throw new ToyException(path, 3, "no"), typeof(ToyException));
        string message = Assert.Throws<InputException>(() => new FuzzRun(target, 7, folder, Findings)).Message;
        Assert.StartsWith("fuzz: toy: valid file 0 is not read: ", message, StringComparison.Ordinal);
        Assert.Contains(": no (at byte 3)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_from_further_files_names_their_folder()
    {
        string corpus = Directory.CreateDirectory(Path.Combine(folder, "corpus")).FullName;
        File.WriteAllBytes(Path.Combine(corpus, "a"), [.. Valid[..3], 1, 0, 0, 0, 77]);
        FuzzTarget target = Target((path, bytes) =>
        {
            // Only what comes of the further file holds its number.
            if (bytes.Contains((byte)77) && bytes.Length == 9) throw new InvalidOperationException("planted");
        });
        using FuzzRun run = new(target, 7, folder, Findings, [Path.Combine(corpus, "a")]);
        run.Run(Inputs);
        FuzzFinding found = Assert.Single(run.Tally.Findings);
        Assert.Equal($"minigrad fuzz --target toy --seed 7 --case {found.Number} --corpus {corpus}", found.Command);
    }

    [Fact]
    public void A_report_says_what_failed_and_how_to_repeat_it()
    {
        FuzzTarget sound = Target((path, bytes) => Body(path, bytes).ToArray());
        FuzzTarget broken =
            Target((path, bytes) => throw new NotSupportedException("a\tplanted bug"), asks: bytes => bytes.Length != Valid.Length) with
            {
                Name = "broken",
            };
        using Fuzzer fuzzer = new([sound, broken], 7, Findings);
        Assert.True(new FuzzReport(7, fuzzer.Tallies).Passed);
        fuzzer.Run(0.4);
        FuzzReport report = new(7, fuzzer.Tallies);
        Assert.False(report.Passed);
        Assert.StartsWith("fuzz: broken: NotSupportedException: a planted bug (minigrad fuzz --target broken --seed 7 --case ",
            report.Error, StringComparison.Ordinal);
        Assert.Contains(report.Error[^30..^1], report.Text, StringComparison.Ordinal);
        Assert.Equal("toy", (string?)report.Json["targets"]![0]!["name"]);
        Assert.Equal("NotSupportedException: a planted bug", (string?)report.Json["targets"]![1]!["findings"]![0]!["problem"]);
    }

    private FuzzRun Run(Action<string, byte[]> read, int inputs = Inputs)
    {
        FuzzRun run = new(Target(read), 7, folder, Findings);
        run.Run(inputs);
        return run;
    }

    private static FuzzTarget Target(Action<string, byte[]> read, Predicate<byte[]>? asks = null) => new("toy", () => [Valid], path =>
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (asks is null || asks(bytes)) read(path, bytes);
    }, typeof(ToyException));

    /// <summary>All after the magic number.</summary>
    private static ReadOnlySpan<byte> Start(string path, byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith("TOY"u8)) throw new ToyException(path, 0, "no toy");
        if (bytes.Length < 7) throw new ToyException(path, bytes.Length, "the count is missing");
        return bytes.AsSpan(3);
    }

    private static int Count(byte[] bytes) => bytes.Length < 7 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(3));

    private static ReadOnlySpan<byte> Body(string path, byte[] bytes)
    {
        ReadOnlySpan<byte> start = Start(path, bytes);
        int count = Count(bytes);
        if (count != start.Length - 4) throw new ToyException(path, 3, $"{start.Length - 4} bytes instead of {count}");
        return start[4..];
    }
}
