namespace Mambascope.Imaging.Reports;

/// <summary>A chart as a figure: the drawing, and below it every value as a table that folds out.</summary>
internal static class HtmlChart
{
    private const int Decimals = 4;

    internal static void Write(Markup page, LineChart chart)
    {
        page.Open("figure", ("class", "chart")).Leaf("figcaption", chart.Title);
        page.Open("div", ("class", "plot"), ("tabindex", "0"));
        SvgChart.Write(page, chart);
        page.Close();
        SvgChart.Legend(page, chart);
        page.Open("details").Leaf("summary", "Values");
        Values(page, chart);
        page.Close().Close();
    }

    private static void Values(Markup page, LineChart chart)
    {
        page.Open("div", ("class", "table"), ("role", "region"), ("tabindex", "0"), ("aria-label", chart.Title))
            .Open("table").Leaf("caption", $"{chart.Y.Text} by {chart.X.Text}")
            .Open("thead").Open("tr").Leaf("th", chart.X.Text, ("scope", "col"), ("class", "number"));
        foreach (var series in chart.Series)
        {
            page.Leaf("th", series.Name, ("scope", "col"), ("class", "number"));
        }

        page.Close().Close().Open("tbody");
        var byX = chart.Series.Select(series => series.Points.ToLookup(point => point.X)).ToArray();
        foreach (var x in chart.Series.SelectMany(series => series.Points).Select(point => point.X).Distinct().Order())
        {
            page.Open("tr").Leaf("th", Ticks.Format(x), ("scope", "row"), ("class", "number"), ("data-label", chart.X.Text));
            var at = 0;
            foreach (var points in byX)
            {
                page.Open("td", ("class", "number"), ("data-label", chart.Series[at++].Name));
                foreach (var (i, point) in points[x].Index())
                {
                    page.Text(i == 0 ? "" : ", ");
                    Value(page, point, HtmlTable.Decimals(chart.Y.Unit, Decimals));
                }

                page.Close();
            }

            page.Close();
        }

        page.Close().Close().Close();
    }

    private static void Value(Markup page, ChartPoint point, int decimals)
    {
        if (point is { Lower: { } lower, Upper: { } upper })
        {
            HtmlTable.Interval(page, point.Y, lower, upper, decimals);
        }
        else
        {
            page.Text(HtmlTable.Fixed(point.Y, decimals));
        }
    }
}
