using Mambascope.Tests.Explorer.Generated;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>
/// The client of these tests is made from what the API says of itself: where the two differ, either was changed. To make it anew run
/// <see cref="Accept"/>'s command and commit the file.
/// </summary>
public sealed class ExplorerClientTests(OpenExplorer explorer) : IClassFixture<OpenExplorer>
{
    private const string Accept = "MAMBASCOPE_ACCEPT_CLIENT=1 dotnet tests/Mambascope.Tests/bin/Release/net10.0/Mambascope.Tests.dll "
        + "-class Mambascope.Tests.Explorer.ExplorerClientTests";

    [Fact]
    public async Task It_is_what_the_document_makes()
    {
        var file = Path.Combine(Repository.Root, "tests", "Mambascope.Tests", "Explorer", "Generated", "ExplorerClient.g.cs");
        var found = await Made();
        if (File.Exists(file) && string.Equals(File.ReadAllText(file).ReplaceLineEndings("\n"), found, StringComparison.Ordinal))
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("MAMBASCOPE_ACCEPT_CLIENT") == "1")
        {
            // The run that accepts fails too, so that the switch cannot be left on.
            await File.WriteAllTextAsync(file, found);
            Assert.Fail("accepted; build and run the tests again without MAMBASCOPE_ACCEPT_CLIENT");
        }

        Assert.Fail($"the API's document makes another client than {file}; to accept it: {Accept}");
    }

    [Fact]
    public async Task A_refusal_reaches_it_in_the_servers_words()
    {
        var refused = await Assert.ThrowsAsync<ExplorerException<Refusal>>(() => explorer.Api.AskPictureAsync(
            "demo-vim", "no-such-picture"));
        Assert.Equal(404, refused.StatusCode);
        Assert.Contains("this picture is not, or no longer, here", refused.Result.Error, StringComparison.Ordinal);
        var unread = await Assert.ThrowsAsync<ExplorerException<Refusal>>(() => explorer.Api.ExplainTextAsync(
            "demo-vim", new() { Text = "a" }));
        Assert.Equal((400, "demo-vim looks at pictures; name a language model"), (unread.StatusCode, unread.Result.Error));
    }

    private async Task<string> Made()
    {
        var document = await OpenApiDocument.FromJsonAsync(
            await explorer.Client.GetStringAsync(new Uri("/api/openapi.json", UriKind.Relative)));
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = nameof(ExplorerClient),
            ExceptionClass = "ExplorerException",
            UseBaseUrl = false,
            GenerateOptionalParameters = true,
            AdditionalNamespaceUsages = ["System.Text.Json.Nodes"],
        };
        settings.CSharpGeneratorSettings.Namespace = "Mambascope.Tests.Explorer.Generated";
        settings.CSharpGeneratorSettings.JsonLibrary = CSharpJsonLibrary.SystemTextJson;
        settings.CSharpGeneratorSettings.GenerateNullableReferenceTypes = true;
        settings.CSharpGeneratorSettings.ArrayType = "System.Collections.Generic.IReadOnlyList";
        settings.CSharpGeneratorSettings.ArrayInstanceType = "System.Collections.Generic.List";
        settings.CSharpGeneratorSettings.GenerateDataAnnotations = false;
        settings.CSharpGeneratorSettings.ExcludedTypeNames = ["JsonObject", "Stream"];
        return new CSharpClientGenerator(document, settings).GenerateFile().ReplaceLineEndings("\n");
    }
}
