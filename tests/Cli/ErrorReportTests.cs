using MiniGrad.Data;
using MiniGrad.Lab;
using MiniGrad.Lab.Runs;
using MiniGrad.Nn;
using Xunit;

namespace MiniGrad.Tests.Cli;

public sealed class ErrorReportTests
{
    public static TheoryData<Exception, int> Codes => new()
    {
        { new UsageException("x"), 2 },
        { new ArgumentException("x"), 2 },
        { new ArgumentOutOfRangeException(null, "x"), 2 },
        { new WeightsException("x"), 3 },
        { new DataSetException("x"), 3 },
        { new RunFolderException("f", 0, "x"), 3 },
        { new InputException("x"), 3 },
        { new FileNotFoundException("x"), 3 },
        { new DataSetException("x", new UnauthorizedAccessException()), 4 },
        { new DeviceException("x"), 4 },
        { new OutputException("x"), 4 },
        { new UnauthorizedAccessException("x"), 4 },
        { new IOException("No space left on device"), 4 },
        { new InsufficientMemoryException(), 4 },
        { new AggregateException(new InsufficientMemoryException()), 4 },
        { new NumericalException("x"), 5 },
        { new OperationCanceledException(), 130 },
        { new TaskCanceledException(), 130 },
        { new InvalidOperationException("x"), 1 },
        { new ArgumentNullException("x"), 1 },
        { new NotSupportedException(), 1 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void EveryExceptionIsOneLineAndACode(Exception error, int code)
    {
        using StringWriter output = new();
        using StringWriter messages = new();
        Assert.Equal(code, ErrorReport.Write(error, new Session(output, messages, []), json: false));
        string line = Assert.Single(messages.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith("minigrad: ", line, StringComparison.Ordinal);
        Assert.Equal(code == 1, line.Contains("a defect of MiniGrad", StringComparison.Ordinal));
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void LongAndManyLinedTextBecomesOneLine() => Assert.Equal("a b c?d", ErrorReport.OneLine("a\r\n  b\tc\u0007d\n"));
}
