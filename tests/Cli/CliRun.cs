using System.Text.Json.Nodes;
using Xunit;

namespace MiniGrad.Tests.Cli;

/// <summary>One run of the program in this process: its exit code and what it wrote.</summary>
public sealed record CliRun(int Code, string Out, string Error)
{
    public static CliRun Of(params string[] args) => Of(CancellationToken.None, args);

    public static CliRun Of(CancellationToken cancellation, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = MiniGrad.Cli.Program.Run(args, output, error, cancellation);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>
    /// A run that is cancelled as soon as a condition holds; a thread of its own asks, so that busy others delay it little.
    /// </summary>
    public static CliRun StoppedWhen(Func<bool> condition, params string[] args)
    {
        using CancellationTokenSource stop = new();
        using ManualResetEventSlim done = new();
        Thread watch = new(() =>
        {
            while (!done.IsSet && !condition()) Thread.Yield();
            stop.Cancel();
        });
        watch.Start();
        CliRun run = Of(stop.Token, args);
        done.Set();
        watch.Join();
        return run;
    }

    /// <summary>The result of a run with --json that went well.</summary>
    public JsonObject Json
    {
        get
        {
            Assert.Equal("", Problem);
            Assert.Equal(0, Code);
            Assert.Single(Out.TrimEnd('\n').Split('\n'));
            return JsonNode.Parse(Out)!.AsObject();
        }
    }

    /// <summary>The one line that says what went wrong; none when nothing did.</summary>
    public string Problem => string.Join('\n', Error.Split('\n').Where(line => line.StartsWith("minigrad: ", StringComparison.Ordinal)));

    /// <summary>The run failed with that code, one line on standard error that holds all the words, and nothing else.</summary>
    public void AssertFails(int code, params string[] words)
    {
        Assert.True(Code == code, $"exit code {Code}, expected {code}: {Error}");
        string line = Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("minigrad: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", line, StringComparison.Ordinal);
        foreach (string word in words) Assert.Contains(word, line, StringComparison.Ordinal);
    }
}
