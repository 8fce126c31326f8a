/** Sends a file to the server, telling how much has gone; gives the id to import it by. */
export function upload(file: Blob, onProgress: (part: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open('POST', '/uploads');
    sending.setRequestHeader('content-type', 'application/octet-stream');
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    sending.onerror = () => reject(new Error('The file could not be sent.'));
    sending.onload = () => {
      const body = JSON.parse(sending.responseText || '{}') as { uploadId?: string; error?: string };
      if (sending.status === 201 && body.uploadId) resolve(body.uploadId);
      else reject(new Error(body.error ?? `The server answered ${sending.status}.`));
    };
    sending.send(file);
  });
}
