using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Mambascope.Explorer.Serving;

/// <summary>What goes wrong becomes a status and one line; no stack, no path, no name of a type leaves the server.</summary>
internal static partial class Refusals
{
    private const int ClientClosedRequest = 499;

    /// <summary>Answers a request, whatever happens.</summary>
    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "One request that meets a defect must not end the page of the others.")]
    internal static async Task Answer(HttpContext context, RequestDelegate next, Action<Exception>? defect)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= StatusCodes.Status400BadRequest, HasStarted: false, ContentType: null } empty)
            {
                await Say(context, empty.StatusCode, Reason(empty.StatusCode)); // what routing itself refuses
            }
        }
        catch (BadInputException error)
        {
            await Say(context, StatusCodes.Status400BadRequest, error.Message);
        }
        catch (NotThereException error)
        {
            await Say(context, StatusCodes.Status404NotFound, error.Message);
        }
        catch (BusyException busy)
        {
            context.Response.Headers.RetryAfter = "1";
            await Say(context, StatusCodes.Status429TooManyRequests, busy.Message);
        }
        catch (TimeoutException late)
        {
            await Say(context, StatusCodes.Status504GatewayTimeout, late.Message);
        }
        catch (BadHttpRequestException error)
        {
            await Say(
                context, error.StatusCode,
                "this request cannot be read: " + (Parameter().Match(error.Message) is { Success: true } named
                    ? $"{named.Groups["name"].Value} is missing or of the wrong kind; /api/openapi.json lists what is asked for"
                    : Reason(error.StatusCode)));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest; // nobody reads it
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = ClientClosedRequest;
        }
        catch (OutOfMemoryException)
        {
            await Say(context, StatusCodes.Status503ServiceUnavailable, "the memory of this machine is not enough for this question");
        }
        catch (Exception error)
        {
            defect?.Invoke(error);
            await Say(context, StatusCodes.Status500InternalServerError, "a defect in mambascope; the terminal says more");
        }
    }

    private static string Reason(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => "it is larger than what is taken here",
        StatusCodes.Status408RequestTimeout => "its body came too slowly",
        StatusCodes.Status415UnsupportedMediaType => "its body is of another kind than the one that is asked for",
        StatusCodes.Status405MethodNotAllowed => "this address is asked in another way; /api/openapi.json says how",
        StatusCodes.Status404NotFound => "there is nothing at this address",
        _ => "its body is no JSON of the kind that is asked for; /api/openapi.json describes it",
    };

    // "Required parameter "int layer" was not provided ...", but not the body, which is named after a type.
    [GeneratedRegex(
        "parameter \"(int|string|double|int\\?) (?<name>\\w+)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();

    private static Task Say(HttpContext context, int status, string why)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        context.Response.Headers.Remove("ETag");
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(new Refusal(why));
    }
}
