using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Cli.Evaluating;
using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Published;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.Results;
using Mambascope.Imaging.Reports;
using Mambascope.Models;

namespace Mambascope.Cli.Reproducing;

/// <summary>A model under test and the lines of the tables that it stands for.</summary>
/// <param name="Model">The lines.</param>
/// <param name="Classifier">The model.</param>
internal sealed record PublishedLine(PublishedModel Model, ImageClassifier Classifier);

/// <summary>One of the published tables, measured as far as files are there.</summary>
/// <param name="Name">Name of its files.</param>
/// <param name="Table">Its lines.</param>
/// <param name="Data">The pictures it was measured on, or null where they are missing.</param>
/// <param name="All">Pictures in the paper.</param>
internal sealed record ReproducedTable(string Name, ResultTable Table, IImageDataset? Data, int All)
{
    /// <summary>How many pictures it rests on.</summary>
    internal string Extent
        => Data is null
            ? "not measured, its data set is missing"
            : string.Create(
                CultureInfo.InvariantCulture, $"{Data.Count} pictures, {(Data.Count == All ? "as in the paper" : $"in the paper {All}")}");
}

/// <summary>Both tables for people, for machines and as files.</summary>
internal sealed record ReproductionReport(ReleasedFiles Files, IReadOnlyList<PublishedLine> Models, IReadOnlyList<ReproducedTable> Tables)
{
    /// <summary>Prints the tables and what is missing.</summary>
    internal void Write(TextWriter output, IReadOnlyList<string> written)
    {
        foreach (var table in Tables)
        {
            output.WriteLine($"{table.Table.Title}; {table.Extent}");
            SummaryReport.Write(output, table.Table);
            output.WriteLine();
        }

        output.WriteLine(Tables[0].Table.Note);
        output.WriteLine($"paper: {PublishedTables.Source}");
        foreach (var file in written)
        {
            output.WriteLine($"wrote {file}");
        }

        if (Files.Missing.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Lines without a value of ours need:");
            Files.WriteMissing(output);
        }
    }

    /// <summary>The same for machines.</summary>
    internal JsonObject Json(IReadOnlyList<string> written) => new()
    {
        ["source"] = PublishedTables.Source,
        ["models"] = new JsonArray([.. Models.Select(model => new JsonObject
        {
            ["line"] = PublishedNames.Of(model.Model),
            ["name"] = model.Classifier.Name,
            ["weights"] = ModelFingerprint.Of(model.Classifier.Name, model.Classifier.Model).Weights,
        })]),
        ["tables"] = new JsonObject(Tables.Select(table => KeyValuePair.Create<string, JsonNode?>(table.Name, new JsonObject
        {
            ["data"] = table.Data?.Name,
            ["images"] = table.Data?.Count ?? 0,
            ["published_images"] = table.All,
            ["rows"] = JsonTable.ToJson(table.Table),
        }))),
        ["missing"] = Files.Json(),
        ["files"] = new JsonArray([.. written.Select(file => (JsonNode)file)]),
    };

    /// <summary>Writes the tables and one page with both; returns the files.</summary>
    internal List<string> Save(string folder)
    {
        var written = new List<string>();
        var page = new HtmlReport("The published tables, reproduced", "Our value, the paper's and the difference, line by line.").Fact(
            "paper", PublishedTables.Source);
        foreach (var (model, classifier) in Models)
        {
            page.Fact(
                PublishedNames.Of(model), $"{classifier.Name}, weights {ModelFingerprint.Of(classifier.Name, classifier.Model).Weights}");
        }

        Interruption.Shield(() =>
        {
            foreach (var table in Tables)
            {
                var path = Path.Combine(folder, table.Name);
                CsvTable.Save(table.Table, path + ".csv");
                JsonTable.Save(table.Table, path + ".json");
                ParquetTable.Save(table.Table, path + ".parquet");
                written.AddRange([path + ".csv", path + ".json", path + ".parquet"]);
                page.Fact(table.Table.Title.Split(':')[0], table.Extent);
                page.Section(table.Table.Title).Table(table.Table);
            }

            written.Add(Path.Combine(folder, "reproduction.html"));
            page.Save(written[^1]);
        });
        return written;
    }
}
