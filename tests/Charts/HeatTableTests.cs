using System.Xml.Linq;
using MiniGrad.Charts;
using MiniGrad.Charts.Tables;
using Xunit;

namespace MiniGrad.Tests.Charts;

public class HeatTableTests
{
    [Fact]
    public void Every_share_has_its_shade_and_its_number()
    {
        XElement table = Markup.Of(new HeatTable("Shares.", ["a", "b"], [[double.NaN, 0], [0.52, 1]]));
        XElement[] cells = [.. table.Descendants("tbody").Single().Descendants("td")];
        Assert.Equal(["", "h0", "h5", "h10"], cells.Select(cell => cell.ValueOf("class")));
        Assert.Equal([ReportNumber.Missing, "0.00", "0.52", "1.00"], cells.Select(cell => cell.Value));
        // A page that forbids styles of elements shows the shades of its own style sheet alone.
        Assert.All(cells, cell => Assert.Null(cell.Attribute("style")));
        Assert.All(Enumerable.Range(0, 11), k => Assert.Contains($".heat .h{k} {{", ReportStyle.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_row_of_another_length_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Markup.Of(new HeatTable("Shares.", ["a", "b"], [[0.5], [1, 0]])));
        Assert.StartsWith("heat table: row 0 has 1 cells for 2 classes", error.Message, StringComparison.Ordinal);
    }
}
