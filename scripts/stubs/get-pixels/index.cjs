module.exports = (_url, type, done) =>
  (typeof type === 'function' ? type : done)(
    new Error('get-pixels is not installed: images are rasterised by our own encoder'),
  );
