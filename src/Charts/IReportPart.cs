namespace MiniGrad.Charts;

/// <summary>A block of a report section: prose, a table or a figure.</summary>
public interface IReportPart
{
    void Write(Html html);
}
